"""Egress: the only way from this server to a language model."""
