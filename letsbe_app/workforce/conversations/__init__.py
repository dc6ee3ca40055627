"""Threads between people and agents: what people say, and the answers that daemons report."""
