"""
The feed: what the secrets proxy must know, told by the daemon over a unix socket.

The daemon alone opens the vault; the proxy holds what it is told in memory (docs/decisions/0025).
"""
