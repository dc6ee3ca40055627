"""Files that people send to agents: boxes on their way to the server."""
