"""Payment of an order."""
