"""What agents ask people before they act: the hub's copy, and the wishes of those who decide."""
