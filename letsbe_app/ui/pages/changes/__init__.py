"""What agents changed, and undoing it."""
