"""The browser's stream: what changed, and the events of running answers."""
