"""The environment that commands get: nothing of the daemon's own, nothing that an agent can have planted."""

from pathlib import Path
from typing import Final

from tenant_daemon.policy.building import NO_HOME

SEARCH_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# A repository's own configuration may name programs to run (`core.fsmonitor`, hooks, pagers). Variables
# outrank it, as `-c` does (git-config(1), GIT_CONFIG_COUNT).
_GIT_OVERRIDES: Final = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.pager": "cat",
    "core.sshCommand": "ssh -o BatchMode=yes",
    "credential.helper": "",
}


def clean_environment(workspace: Path) -> dict[str, str]:
    """Variables for a command of the agent whose workspace this is."""
    variables = {
        "PATH": SEARCH_PATH,
        # Settings that programs look for at home would be the agent's: the policy says the same per command.
        "HOME": NO_HOME,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "PAGER": "cat",
        "SYSTEMD_PAGER": "cat",
        "DEBIAN_FRONTEND": "noninteractive",
        "GIT_PAGER": "cat",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_CONFIG_COUNT": str(len(_GIT_OVERRIDES)),
    }
    for number, (key, value) in enumerate(_GIT_OVERRIDES.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
