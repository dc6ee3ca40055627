"""
Entry of the container: takes secrets from files into the settings, then becomes the hub or another command.

    container.py serve | migrate | reseal | jobs

``NAME_FILE=/run/secrets/x`` gives the setting ``NAME`` the content of that file, so that no secret stands in
a compose file, a chart or an image. Key files in ``LETSBE_KEYS_FROM`` are linked into the data folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

SETTINGS = ("DATABASE_URL", "REDIS_URL", "LETSBE_SMTP_URL", "LETSBE_MODEL_KEY", "LETSBE_METRICS_TOKEN")
KEYS = ("secrets.keys", "csrf.key", "push.pem")


def environment_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with the content of ``NAME_FILE`` as ``NAME``."""
    found = dict(environment)
    for name in SETTINGS:
        file = found.pop(f"{name}_FILE", "")
        if file:
            found[name] = Path(file).read_text(encoding="utf-8").strip()
    return found


def link_keys(source: Path, data: Path) -> None:
    """Let the hub find its keys, which all replicas share, where it looks for them."""
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEYS:
        target = folder / name
        if (source / name).exists() and not target.exists():
            target.symlink_to(source / name)


def command_of(arguments: list[str]) -> list[str]:
    """What to become."""
    if arguments == ["jobs"]:
        return [sys.executable, "-m", "letsbe_app.jobs"]
    return [sys.executable, "-m", "letsbe_app", *arguments]


def main() -> None:
    """Become the command."""
    environment = environment_of(os.environ)
    if source := environment.get("LETSBE_KEYS_FROM"):
        link_keys(Path(source), Path(environment.get("LETSBE_DATA_DIR", "/data")))
    command = command_of(sys.argv[1:] or ["serve"])
    os.execve(command[0], command, environment)  # noqa: S606


if __name__ == "__main__":
    main()
