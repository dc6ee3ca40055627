"""Where the wrapper listens."""

from typing import Final

from tenant_daemon.settings import TenantSettings

HOST: Final = "127.0.0.1"


def wrapper_address(settings: TenantSettings) -> str:
    """The base address of this server's wrapper."""
    return f"http://{HOST}:{settings.ports.wrapper}"
