"""The portal's first page."""
