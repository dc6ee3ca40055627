"""Where a path really leads, and what touching that place means."""
