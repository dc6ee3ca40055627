"""Customers' servers: what they are, and how they come to be."""
