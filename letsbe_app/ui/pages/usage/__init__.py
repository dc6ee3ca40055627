"""What agents used, and how much is left."""
