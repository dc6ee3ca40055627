"""The password of a PostgreSQL role, by ``ALTER ROLE`` through ``psql``."""

import base64
import hashlib
import hmac
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenant_daemon.vault.rotation import StepFailed

_TIMEOUT_SECONDS: Final = 20.0
_ITERATIONS: Final = 4_096
"""PostgreSQL's own (RFC 7677)."""


@dataclass(frozen=True)
class PostgresqlRoleStep:
    """
    Changes the password of ``role``, signed in as the role itself.

    PostgreSQL is given a SCRAM verifier, never the new password, so that none can end up in its log. ``psql``
    reads the password it signs in with from a private file: arguments and environments can be listed.
    """

    role: str
    database: str
    host: str = "127.0.0.1"
    """Or the folder of a unix socket."""
    port: int = 5432
    psql: str = "psql"

    def change(self, old: str, new: str) -> None:
        """Give the role the new password."""
        statement = f"ALTER ROLE CURRENT_USER PASSWORD '{scram_verifier(new)}';\n"
        if not self._run(old, statement):
            raise StepFailed("PostgreSQL refused to change the role")

    def accepts(self, value: str) -> bool:
        """Whether the role can sign in with it. A server that asks for no password proves nothing."""
        if self._run(secrets.token_urlsafe(24), "SELECT 1;\n"):
            raise StepFailed("PostgreSQL lets this role in with any password: see pg_hba.conf")
        return self._run(value, "SELECT 1;\n")

    def _run(self, password: str, statement: str) -> bool:
        with _password_file(password) as file:
            argv = [self.psql, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
            argv += ["-h", self.host, "-p", str(self.port), "-U", self.role, "-d", self.database]
            env = {
                "PATH": os.environ.get("PATH", os.defpath),
                "PGPASSFILE": str(file),
                "PGCONNECT_TIMEOUT": "5",
            }
            try:
                done = subprocess.run(  # noqa: S603
                    argv, input=statement, env=env, text=True, capture_output=True, timeout=_TIMEOUT_SECONDS
                )
            except (OSError, subprocess.TimeoutExpired) as exc:
                raise StepFailed(f"psql cannot be run ({type(exc).__name__})") from None
        if done.returncode == 2 and "password" not in done.stderr:
            raise StepFailed("PostgreSQL cannot be reached")
        return done.returncode == 0


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5803); from it nobody can sign in."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode("ascii") for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


@contextmanager
def _password_file(password: str) -> Iterator[Path]:
    """A password file for any host and role (libpq, "The Password File"), gone with the context."""
    with tempfile.TemporaryDirectory(prefix="letsbe-pgpass-", dir="/dev/shm") as folder:
        file = Path(folder) / "pgpass"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            target.write(f"*:*:*:*:{escaped}\n")
        yield file
