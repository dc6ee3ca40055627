"""A tool with one password in a file, and the program of its operator that changes it."""

import json
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """#!{python}
import json, pathlib, sys
tool = pathlib.Path({folder!r})
said = json.load(sys.stdin)
print("noise that quotes", said)
if sys.argv[1:] == ["accepts"]:
    sys.exit(0 if said["value"] == (tool / "password").read_text() else 1)
assert sys.argv[1:] == ["change"]
if (tool / "broken").exists():
    sys.exit(3)
assert said["old"] == (tool / "password").read_text()
(tool / "password").write_text(said["new"])
"""


@dataclass(frozen=True)
class PasswordTool:
    """Takes one password."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "tell-tool"

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text()

    def break_down(self) -> None:
        """From now on nothing can be changed."""
        (self.folder / "broken").touch()

    def as_settings(self, secret: str) -> str:
        """Its part of ``daemon.toml``."""
        return f"[[rotations]]\nsecret = {json.dumps(secret)}\nprogram = [{json.dumps(str(self.program))}]\n"


def password_tool(folder: Path, password: str) -> PasswordTool:
    """A tool in this folder, which is made."""
    folder.mkdir()
    tool = PasswordTool(folder)
    (folder / "password").write_text(password)
    tool.program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
    tool.program.chmod(stat.S_IRWXU)
    return tool
