"""Those who run the hub: how they get in, and what they may do."""
