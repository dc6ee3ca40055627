"""Orders: what was bought, and where it stands."""
