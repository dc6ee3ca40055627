"""
The running hub against its own description: schemathesis sends what the description allows
to every operation and compares each answer with what is promised. A test for each part of the API, so that
none takes long; together they take a few minutes.
"""

import asyncio
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.api_description import api_description
from tests.support.hub import PASSWORD, paid_order
from tests.support.running_hub import RunningHub, ensure_pages, running_hub

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]

ENDS_THE_SESSION = "/(sign-out|password|revoke|sessions.*|second-factor.*|data/.*)"
"""Left out: what follows would only see 401."""


@dataclass(frozen=True)
class Caller:
    """A signed-in owner of a server."""

    url: str
    headers: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    ensure_pages()
    with pytest.MonkeyPatch.context() as environment:
        for name in ("LETSBE_SESSION_RATE", "LETSBE_ADDRESS_RATE", "LETSBE_KEY_RATE"):
            environment.setenv(name, "100000")
        with running_hub(tmp_path_factory.mktemp("conformance")) as running:
            yield running


@pytest.fixture(scope="module")
def caller(hub: RunningHub) -> Caller:
    form = {"business_name": "Ada's Bakery", "email": "ada@bakery.example", "password": PASSWORD}
    answer = httpx.post(
        f"{hub.url}/api/v1/public/sign-up", json=form, headers={"Origin": hub.url}, timeout=20
    )
    answer.raise_for_status()
    session, csrf = answer.cookies["letsbe_session"], answer.cookies["letsbe_csrf"]
    headers = {
        "Origin": hub.url,
        "Cookie": f"letsbe_session={session}; letsbe_csrf={csrf}",
        "X-CSRF-Token": csrf,
    }
    return Caller(hub.url, headers, asyncio.run(_own_things(hub, session)))


@pytest.fixture(scope="module")
def description(hub: RunningHub) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{hub.url}/api/v1/openapi.json")


SETTINGS = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


LEFT_OUT = f"{ENDS_THE_SESSION}$"
MODES = (GenerationMode.NEGATIVE, GenerationMode.POSITIVE)
PARTS = sorted(
    {
        (path.split("/")[3], operation["tags"][0])
        for path, methods in api_description()["paths"].items()
        for operation in methods.values()
        if not re.search(LEFT_OUT, path)
    }
)
"""Of the API: the door and the tag."""


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
@pytest.mark.parametrize("part", PARTS, ids="-".join)
def test_answers_are_as_described(
    description: BaseSchema, caller: Caller, part: tuple[str, str], mode: GenerationMode
) -> None:
    door, tag = part
    problems = {}
    here = description.include(path_regex=f"^/api/v1/{door}/", tag=tag)
    for result in here.exclude(path_regex=LEFT_OUT).get_all_operations():
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not _takes_input(operation):
            continue
        try:
            _check(operation, mode, caller)
        except (FailureGroup, BaseExceptionGroup) as failures:
            problems[operation.label] = [_told(failure) for failure in failures.exceptions]

    assert not problems, "\n\n".join(f"{label}: {texts}" for label, texts in problems.items())


def test_the_parts_are_the_whole(description: BaseSchema) -> None:
    asked = [result.ok() for result in description.exclude(path_regex=LEFT_OUT).get_all_operations()]
    parts = [(one.path.split("/")[3], one.definition.raw["tags"][0]) for one in asked]

    assert set(parts) == set(PARTS)
    assert len(parts) > 100


@pytest.mark.parametrize(
    "path", ["/api/v1/x%0Ay", "/api/%0A%0D", "/api%0A/v1", "/api/v1/x%00y", "/api/v1/%ff"]
)
def test_no_address_leaves_the_form_of_answers(hub: RunningHub, path: str) -> None:
    for method in ("GET", "POST"):
        answer = httpx.request(method, f"{hub.url}{path}", timeout=20)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), method


def _check(operation: Any, mode: GenerationMode, caller: Caller) -> None:
    # Left out is that whatever fits the schema is taken: an order that is not there fits it as well. And that
    # whatever is wrong is refused: values of earlier answers may have made a wrong case right again.
    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        # Every second case is about things that are really there; a wrong id stays as wrong as it was made.
        if mode is GenerationMode.POSITIVE and len(str(case.path_parameters)) % 2:
            for name in case.path_parameters:
                case.path_parameters[name] = caller.ids.get(name, case.path_parameters[name])
        case.call_and_validate(
            headers=caller.headers,
            excluded_checks=[positive_data_acceptance, negative_data_rejection],
            timeout=20,
        )

    check()


def _takes_input(operation: Any) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


async def _own_things(hub: RunningHub, session_token: str) -> dict[str, str]:
    async with hub.services() as services:
        actor = await services.accounts.actor_of(session_token)
        order_id, tenant_id = await paid_order(services, actor)
        await services.agents.create_defaults(tenant_id)
        conversation = await services.conversations.start(actor, tenant_id, "it-admin")
    return {
        "order_id": order_id,
        "tenant_id": tenant_id,
        "agent_id": "it-admin",
        "conversation_id": conversation.id,
    }


def _told(failure: BaseException) -> str:
    return "".join(traceback.format_exception(failure))[-6000:]
