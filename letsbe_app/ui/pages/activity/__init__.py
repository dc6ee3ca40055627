"""A business's own record."""
