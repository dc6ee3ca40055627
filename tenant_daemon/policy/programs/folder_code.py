"""
Programs that run code, or take settings that name code, of the folder they stand in before they do anything.

Most do so whatever they are asked: also for their version. Where the agent works, it could have written it.
"""

import os
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.registry import BEFORE_ANSWERING, GUARDS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_PYTHON_APPS: Final = ("app.py", "wsgi.py", "app", "wsgi", ".env", ".flaskenv")
_TOOLCHAIN: Final = ("rust-toolchain", "rust-toolchain.toml")
_NODE: Final = ("node_modules", "package.json")
_TAKEN: Final = {
    "ansible": ("ansible.cfg",),
    "autorestic": (".autorestic.yml", ".autorestic.yaml", ".autorestic.json", ".autorestic.toml"),
    "bazel": ("tools", ".bazelversion", ".bazeliskrc"),
    "cargo": _TOOLCHAIN,
    "dotnet": ("global.json",),
    "drush": ("vendor", "drush"),
    "duplicacy": (".duplicacy",),
    "expo": _NODE,
    "fastlane": ("fastlane", ".fastlane", "Gemfile", ".env"),
    "flask": _PYTHON_APPS,
    "gatsby": _NODE,
    "gradle": ("gradle.properties",),
    "hg": (".hg",),
    "jekyll": ("Gemfile",),
    "lerna": _NODE,
    "locust": ("locustfile.py", "locust.conf", "pyproject.toml"),
    "luarocks": (".luarocks",),
    "monit": ("monitrc",),
    "mvn": (".mvn",),
    "nx": _NODE,
    "poetry": (".poetry",),
    "prisma": (*_NODE, "prisma.config.ts", "prisma.config.js", ".config"),
    "rustc": _TOOLCHAIN,
    "supervisorctl": ("supervisord.conf", "etc/supervisord.conf"),
    "traefik": ("traefik.yml", "traefik.yaml", "traefik.toml"),
}
"""What each takes from its folder or, most of them, from the nearest one above that has it."""


def _folder_code(judge: "CommandJudge", args: list[str]) -> None:
    """Note when the program would run what lies in the agent's own folder, or soon may lie there."""
    names, workspace, folder = _TAKEN[judge.program], judge.places.roots.workspace, judge.places.cwd
    if judge.is_in_container:
        # The folders of an image hold code of the image's own.
        return
    taken: set[str] = set()
    while is_below(folder, workspace):
        here = [f"{folder}/{name}" for name in names]
        if any(map(os.path.lexists, here)):
            judge.unknown(f"{judge.program}.own-code", "It would run code from the agent's own folder.")
            return
        taken |= {folder, *here}
        folder = folder.rpartition("/")[0]
    if not judge.is_only:
        judge.relied_on |= taken


GUARDS.update(dict.fromkeys(_TAKEN, _folder_code))
BEFORE_ANSWERING.update(_TAKEN)
