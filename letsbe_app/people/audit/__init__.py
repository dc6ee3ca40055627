"""The hub's own audit: who did what, by id."""
