"""What the hub tells its operators of itself: metrics and traces. Never content, never a secret."""
