"""The HTTP server that carries the hub: pages, API, browsers' streams and servers' links on one port."""
