"""The door for daemons: one websocket per server."""
