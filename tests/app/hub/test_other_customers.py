"""
Frames with another customer's ids do nothing to what is theirs, whichever kind they are of.

Kinds are read from the unions that the doors parse, so that a new one is in here from its first day: it fails
until it has an example, and until each of its ids is known to name something.
"""

from typing import Any, get_args

import pytest
from pydantic import BaseModel
from sqlalchemy import select
from structlog.testing import capture_logs

from letsbe_app.api.live.frames import ClientFrame
from letsbe_app.composition import Services
from letsbe_app.db.models import OutboxMessage
from letsbe_app.people.privacy.belongings import belongs_to, tables
from letsbe_app.relay.event_id import EventId
from tenant_daemon.contracts.chat import RunEvent
from tenant_daemon.contracts.envelope import Acknowledged, DaemonPayload, Hello, Rejected
from tenant_daemon.contracts.health import Heartbeat
from tests.contracts.examples import FROM_DAEMON
from tests.support.belongings import one_of_everything
from tests.support.live_hub import (
    Customer,
    LiveHub,
    ScriptedDaemon,
    ScriptedRun,
    daemon,
    new_customer,
    tab,
)

NAMES = {
    "conversation_id": "conversation",
    "run_id": "message",
    "message_id": "message",
    "in_reply_to": "message",
    "approval_id": "command_approval",
    "change_id": "file_change",
    "undoes": "file_change",
    "request_id": "secret_request",
    "alarm_id": "canary_alarm",
    "id": "tenant_outbox",
    "ids": "tenant_outbox",
    "decided_by": "user_account",
    "requested_by": "user_account",
    "made_by": "user_account",
    "changed_by": "user_account",
}
OF_A_SERVER = {"agent_id", "tool_call_id", "used_by"}
"""Names that each server has for itself."""
KINDS: list[type[BaseModel]] = list(get_args(get_args(DaemonPayload)[0]))
UNANSWERED = (Heartbeat, Acknowledged, Rejected, RunEvent)


@pytest.fixture
async def eve(hub: LiveHub) -> Customer:
    return await new_customer(hub.workers[0].services, "eve@other.example")


@pytest.fixture
async def theirs(hub: LiveHub, customer: Customer, eve: Customer) -> dict[str, str]:
    """Ids of the victim's, by table."""
    services = hub.workers[0].services
    found = await one_of_everything(services, customer.actor.customer_id)
    async with services.database.read() as session:
        waiting = select(OutboxMessage.id).where(OutboxMessage.tenant_id == customer.tenant_id)
        found["tenant_outbox"] = (await session.exec(waiting)).scalars().first() or ""  # type: ignore[call-overload]
    assert all(found[table] for table in NAMES.values())
    return found


def is_name(field: str) -> bool:
    return field in NAMES or field.endswith(("_id", "_by", "_ids"))


def with_ids(value: Any, theirs: dict[str, str], field: str = "") -> Any:
    """The example with the victim's ids wherever it has some."""
    if isinstance(value, dict):
        return {name: with_ids(one, theirs, name) for name, one in value.items()}
    if isinstance(value, list):
        return [with_ids(one, theirs, field) for one in value]
    if not is_name(field) or value is None or field in OF_A_SERVER:
        return value
    return theirs[NAMES[field]]


async def everything_of(services: Services, customer_id: str) -> dict[str, list[Any]]:
    async with services.database.read() as session:
        connection = await session.connection()
        return {
            table.name: list(
                await connection.execute(
                    select(table).where(belongs_to(table, customer_id)).order_by(*table.primary_key.columns)
                )
            )
            for table in tables()
        }


async def answered(link: ScriptedDaemon, payload: BaseModel, message_id: str) -> None:
    """Send it; and where the hub says something about each of its kind, wait for that."""
    if isinstance(payload, UNANSWERED):
        await link.send(payload)
        return
    await link.send(payload, message_id)
    while message_id not in (await link.next_of(("link.ack", "link.reject"))).model_dump_json():
        pass


def test_every_kind_has_an_example() -> None:
    assert not [kind for kind in KINDS if not any(isinstance(one, kind) for one in FROM_DAEMON.values())]


@pytest.mark.parametrize("model", [*KINDS, *get_args(ClientFrame)], ids=lambda one: one.__name__)
def test_every_id_of_a_frame_is_known(model: type[BaseModel]) -> None:
    fields: set[str] = set()
    waiting = [model.model_json_schema()]
    while waiting:
        schema = waiting.pop()
        fields |= set(schema.get("properties", {}))
        waiting += schema.get("$defs", {}).values()

    assert {name for name in fields if is_name(name)} <= NAMES.keys() | OF_A_SERVER


@pytest.mark.slow
async def test_no_frame_of_a_server_touches_what_is_anothers(
    hub: LiveHub, customer: Customer, eve: Customer, theirs: dict[str, str]
) -> None:
    services = hub.workers[0].services
    own = (await services.conversations.start(eve.actor, eve.tenant_id, "dispatcher")).id
    before = await everything_of(services, customer.actor.customer_id)
    payloads = [one for one in FROM_DAEMON.values() if not isinstance(one, Hello)]
    # The log of what is refused is long, and drawing it takes seconds.
    with capture_logs():
        async with (
            daemon(hub.workers[0], eve.api_key) as link,
            tab(hub.workers[0], customer.session_token) as page,
        ):
            await page.send(type="ping")
            await page.next(type="pong")
            for number, one in enumerate(payloads):
                told = one.model_dump(mode="json")
                for ids in (theirs, theirs | {"conversation": own}):
                    wrong = type(one).model_validate(with_ids(told, ids))
                    await answered(link, wrong, f"msg_{number}_{ids['conversation']}")
            # Confirmed behind everything that was sent before it.
            run = ScriptedRun(own)
            await link.send(run.started())
            await link.expect_ack(run.run_id, 1)
            await page.send(type="ping")
            await page.next(type="pong")
            assert page.types() == ["pong", "pong"]
            assert not [frame for frame in page.frames if frame["type"] == "wake"]

    assert await everything_of(services, customer.actor.customer_id) == before
    assert not await services.relay.streams.read(theirs["conversation"], EventId(0, 0), 10)


async def test_no_frame_of_a_page_hears_what_is_anothers(
    hub: LiveHub, customer: Customer, eve: Customer
) -> None:
    worker = hub.workers[0]
    talk = (await worker.services.conversations.start(customer.actor, customer.tenant_id, "dispatcher")).id
    async with (
        daemon(worker, customer.api_key) as link,
        tab(worker, customer.session_token) as own,
        tab(worker, eve.session_token) as other,
    ):
        for kind in get_args(ClientFrame):
            fields = {name: talk for name in kind.model_fields if name in NAMES}
            await other.send(type=kind.model_fields["type"].annotation.__args__[0], **fields)
        await own.watch(talk)
        for page in (own, other):
            await page.send(type="ping")
            await page.next(type="pong")
        run = ScriptedRun(talk)
        for event in (run.started(), run.delta("The code of the safe is in the drawer."), run.finished()):
            await link.send(event)
        await own.finished(run.run_id)
        await other.send(type="ping")
        await other.next(type="pong")

    refused = [frame for frame in other.frames if frame["type"] == "error"]
    assert {(frame["code"], frame["conversation_id"]) for frame in refused} == {("not_found", talk)}
    assert set(other.types()) == {"error", "pong"}
    assert not [frame for frame in other.frames if frame["type"] == "wake"]
