"""Secrets: names, never values."""
