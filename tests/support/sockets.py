"""Free ports."""

import socket


def listening_socket() -> socket.socket:
    """A socket that listens on a free port of the loopback address."""
    return socket.create_server(("127.0.0.1", 0))
