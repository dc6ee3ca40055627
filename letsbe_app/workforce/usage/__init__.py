"""Tokens per hour, agent and model, as the servers count them."""
