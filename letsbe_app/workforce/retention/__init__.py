"""How long the hub keeps what was said."""
