"""What each agent may do."""
