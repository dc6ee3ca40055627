"""
Commands of the hub.

    python -m letsbe_app build     compile the pages into .web
    python -m letsbe_app migrate   bring the database to the newest schema
    python -m letsbe_app reseal    seal what is kept of others with the newest of the hub's keys
    python -m letsbe_app serve     pages, API and links on one port, with as many workers as set
    python -m letsbe_app staff add EMAIL --role ROLE     a link with which somebody joins the staff
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from letsbe_app.settings import load_settings
from letsbe_app.telemetry.shared_files import share_metrics


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m letsbe_app", description="The hub of LetsBe Biz.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, text in (
        ("build", build, "compile the pages into .web (needs no database and no Redis)"),
        ("migrate", migrate, "bring the database to the newest schema; safe to repeat"),
        ("reseal", reseal, "after a new line in keys/secrets.keys: use that key for what the others sealed"),
        ("serve", serve, "serve pages, API and links on LETSBE_HUB_PORT with LETSBE_HUB_WORKERS workers"),
    ):
        commands.add_parser(name, help=text, description=text).set_defaults(
            command=lambda _, do=command: do()
        )
    _add_staff_command(commands)
    arguments = parser.parse_args()
    result: int = arguments.command(arguments)
    return result


def _add_staff_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = "who runs the hub"
    verbs = commands.add_parser("staff", help=text, description=text).add_subparsers(required=True)
    add = verbs.add_parser("add", help="print a link with which somebody joins, good once and for a day")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", required=True, choices=("support", "operator", "admin"))
    add.set_defaults(command=add_staff)


def add_staff(arguments: argparse.Namespace) -> int:
    """Print the link. Whoever may run this may read the database, so nothing more is asked."""
    from letsbe_app.errors import LetsBeError

    try:
        print(asyncio.run(_add_staff(arguments.email, arguments.role)))
    except LetsBeError as error:
        sys.exit(error.message)
    return 0


async def _add_staff(email: str, role: str) -> str:
    from letsbe_app.composition import get_services
    from letsbe_app.db.models import StaffRole

    services = get_services()
    try:
        return (await services.staff.add(email, StaffRole(role))).url
    finally:
        await services.close()


def build() -> int:
    """Compile and bundle the pages; `serve` uses the result as it is."""
    locked = {path: path.read_bytes() for path in Path("reflex.lock").glob("*.json")}
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    status = subprocess.run(command, check=False).returncode  # noqa: S603
    keep_lock_files(locked)
    return status


def keep_lock_files(before: dict[Path, bytes]) -> None:
    """
    Take back what a build wrote into lock files without choosing another package.

    It orders names anew and adds addresses. A build must not change the checkout: the next start would see
    other lock files and build again. Another choice of packages stays: whoever made it commits it.
    """
    for path, content in before.items():
        if path.exists() and _chosen_packages(path.read_bytes()) == _chosen_packages(content):
            path.write_bytes(content)


def _chosen_packages(lock_file: bytes) -> Any:
    # Digests say what a package must be, wherever it comes from.
    return json.loads(
        lock_file, object_hook=lambda entry: {name: entry[name] for name in entry if name != "resolved"}
    )


def migrate() -> int:
    """Run Alembic up to the newest revision."""
    from alembic import command
    from alembic.config import Config

    settings = load_settings()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(Config("alembic.ini"), "head")
    return 0


def reseal() -> int:
    """Bring everything under the newest key; safe to repeat and to interrupt."""
    count = asyncio.run(_reseal())
    print(f"{count} sealed anew.")
    return 0


async def _reseal() -> int:
    from letsbe_app.composition import get_services

    services = get_services()
    try:
        async with services.database.write() as session:
            servers = await services.content.reseal(session)
        others = (services.second_factors, services.staff, services.webhooks, services.post, services.notify)
        return servers + sum([await one.reseal() for one in others])
    finally:
        await services.close()


def serve() -> int:
    """
    Serve until a signal comes.

    The prebuilt pages are mounted, not built: Reflex's own `run` builds at every start, which takes seconds.
    """
    settings = load_settings()
    redis_url = settings.redis_url.get_secret_value()
    if redis_url:
        os.environ["REFLEX_REDIS_URL"] = redis_url
    elif settings.worker_count > 1:
        sys.exit("LETSBE_HUB_WORKERS: more than one worker needs REDIS_URL. Set it, or use one worker.")
    if settings.metrics_token.get_secret_value():
        share_metrics(settings.data_dir / "metrics" / "hub")
    _use_prebuilt_pages()

    from letsbe_app.server.http_server import serve as serve_by_http

    serve_by_http(
        "letsbe_app.letsbe_app:served",
        host=settings.hub_host,
        port=settings.hub_port,
        workers=settings.worker_count,
    )
    return 0


def _use_prebuilt_pages() -> None:
    from reflex_base import constants
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)

    import rxconfig  # noqa: F401  # sets what else Reflex reads from the environment

    if not (environment.REFLEX_WEB_WORKDIR.get() / constants.Dirs.STATIC).exists():
        sys.exit("The pages are not built yet. Run `python -m letsbe_app build` (or `make setup`) first.")


if __name__ == "__main__":
    raise SystemExit(main())
