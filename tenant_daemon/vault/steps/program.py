"""A tool that is told a new password by a program of its operator's."""

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Final

from tenant_daemon.vault.rotation import StepFailed

_TIMEOUT_SECONDS: Final = 60.0
_NO: Final = 1
"""Exit code of ``accepts`` where the tool does not take the value; 0 where it does."""


@dataclass(frozen=True)
class ProgramStep:
    """
    Asks ``PROGRAM ... change`` and ``PROGRAM ... accepts``.

    What it is about comes as JSON on standard input (``{"old": .., "new": ..}`` and ``{"value": ..}``), never
    as an argument or a variable. What the program prints is thrown away, since it may quote that.
    """

    argv: tuple[str, ...]

    def change(self, old: str, new: str) -> None:
        """Have the tool take the new value."""
        if self._run("change", {"old": old, "new": new}) != 0:
            raise StepFailed(f"{self.argv[0]} could not change it")

    def accepts(self, value: str) -> bool:
        """Whether the tool takes this value now."""
        code = self._run("accepts", {"value": value})
        if code not in {0, _NO}:
            raise StepFailed(f"{self.argv[0]} could not say which value is in force")
        return code == 0

    def _run(self, verb: str, said: dict[str, str]) -> int:
        try:
            done = subprocess.run(  # noqa: S603
                [*self.argv, verb],
                input=json.dumps(said),
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise StepFailed(f"{self.argv[0]} cannot be run ({type(exc).__name__})") from None
        return done.returncode
