"""The authorities that HTTPS is held against."""

import ssl
from functools import cache

import httpx


@cache
def trusted_authorities() -> ssl.SSLContext:
    """
    httpx's own choice, read once per process.

    Each client would read and parse all of them anew, which takes longer than most of what is then asked.
    """
    return httpx.create_ssl_context(trust_env=False)
