"""The hub's services over a fresh SQLite file and a real Redis, and people who use them."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import letsbe_app.db.models  # noqa: F401  # fills the metadata
from letsbe_app.composition import Services, build_services
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.kit.keyfile import new_key
from letsbe_app.kit.secret_box import SecretBox
from letsbe_app.people.accounts.passwords import Passwords
from letsbe_app.people.accounts.schemas import SignUp
from letsbe_app.people.authz.actor import Actor
from letsbe_app.settings import Settings
from letsbe_app.shop.onboarding.schemas import DraftChanges

PASSWORD = "correct horse battery"
PUBLIC_URL = "http://localhost:8000"


class FakeClock:
    """A time that only moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        """Let time pass: ``advance(minutes=15)``."""
        self.now += timedelta(**length)


def quick_passwords() -> Passwords:
    """Argon2id with the least work, since tests hash often."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def new_content() -> TenantContent:
    """Sealing with a key of its own, for relays that stand alone."""
    return TenantContent(SecretBox([new_key()]))


def hub_settings(data_dir: Path, redis_url: str, **changes: Any) -> Settings:
    """Settings that read neither the environment nor ``.env``; ``changes`` by the names in ``.env``."""
    values = {
        "LETSBE_DATA_DIR": data_dir,
        "LETSBE_PUBLIC_URL": PUBLIC_URL,
        "DATABASE_URL": "",
        "REDIS_URL": redis_url,
        "LETSBE_MODEL_URL": "",
        "LETSBE_LOCAL_TENANT_LIMIT": 3,
        **changes,
    }
    return Settings(_env_file=None, **values)


def create_tables(settings: Settings) -> None:
    """All tables, empty; without migrations, which have tests of their own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.database_url.get_secret_value():
        _create_all(settings.sync_database_url())
        return
    (settings.data_dir / "hub.db").write_bytes(_empty_database())


@lru_cache(maxsize=1)
def _empty_database() -> bytes:
    """A SQLite file with all tables, in WAL mode; made once per process, since every test wants one."""
    with tempfile.TemporaryDirectory(prefix="letsbe-tables-") as folder:
        _create_all(f"sqlite:///{folder}/hub.db")
        with closing(sqlite3.connect(f"{folder}/hub.db")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        return Path(folder, "hub.db").read_bytes()


def _create_all(url: str) -> None:
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine)
    if engine.dialect.name == "postgresql":
        tables = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    engine.dispose()


@asynccontextmanager
async def running_services(
    data_dir: Path, redis_url: str, clock: FakeClock | None = None, **changes: Any
) -> AsyncIterator[Services]:
    """Services whose connections are closed at the end of the block."""
    settings = hub_settings(data_dir, redis_url, **changes)
    create_tables(settings)
    options: dict[str, Any] = {"clock": clock} if clock else {}
    services = build_services(settings, passwords=quick_passwords(), **options)
    try:
        yield services
    finally:
        await services.close()


async def new_owner(services: Services, email: str = "ada@bakery.example") -> Actor:
    """A signed-up owner."""
    signed_in = await services.accounts.sign_up(SignUp("Ada's Bakery", email, PASSWORD))
    return signed_in.actor


async def paid_order(services: Services, actor: Actor, bundle_id: str = "freelancer") -> tuple[str, str]:
    """An order paid for practice; gives its id and its server's."""
    await services.onboarding.save(actor, DraftChanges(bundle_id=bundle_id))
    order = await services.orders.place(actor)
    await services.billing.pay_practice(actor, order.id)
    progress = await services.provisioning.progress(actor, order.id)
    return order.id, progress.tenant_id


async def database_text(services: Services) -> str:
    """Everything that the database holds, to search for what must not be there."""
    async with services.database.read() as session:
        connection = await session.connection()
        results = [await connection.execute(table.select()) for table in SQLModel.metadata.sorted_tables]
    return "\n".join(repr(row) for result in results for row in result)
