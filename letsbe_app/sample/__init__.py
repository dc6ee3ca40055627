"""A sample owner with a server, made through the same services as everybody's."""
