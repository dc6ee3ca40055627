"""Payment: the gateway as a port, its events stored once, what they bring about."""
