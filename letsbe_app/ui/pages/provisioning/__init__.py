"""Watching a server being set up."""
