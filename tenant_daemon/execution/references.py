"""Putting the real values in, at the last moment, for the action that is about to run."""

import dataclasses
import re
from collections.abc import Callable
from typing import Final, Protocol, TypeVar, assert_never
from urllib.parse import quote

from tenant_daemon.execution.hidden_arguments import with_hidden_values
from tenant_daemon.execution.outcome import ActionFailed, CallScope
from tenant_daemon.policy.actions import (
    Action,
    BrowseScenario,
    Command,
    DeletePath,
    GenerateSecret,
    HandOver,
    HttpCall,
    ListFiles,
    MovePath,
    ReadEnv,
    ReadFile,
    RequestSecret,
    RotateSecret,
    RunPipelines,
    StartHelper,
    UpdateEnv,
    WriteFile,
)
from tenant_daemon.vault import SecretNotFound, Vault

_REFERENCE: Final = re.compile(r"SECRET_REF\(([a-z][a-z0-9-]{1,62})\)")
_A = TypeVar("_A", bound=Action)


class _Resolve(Protocol):
    """Gives the text with its references replaced by their values, each encoded first."""

    def __call__(self, text: str, encode: Callable[[str], str] = str) -> str: ...


def resolve_references(action: _A, vault: Vault, scope: CallScope) -> _A:
    """
    The same action with every ``SECRET_REF(name)`` replaced, in the places where a value may stand.

    Paths, host names and program names were judged as they are and are never resolved; neither is what goes
    to a colleague, because a colleague is a model.

    Raises:
        ActionFailed: There is no such secret for this agent.
        AuditUnavailable: The use cannot be recorded, so the value is not given out.
    """
    values: dict[str, str] = {}

    def value_of(name: str) -> str:
        if name not in values:
            try:
                values[name] = vault.get(name, actor=scope.actor, purpose=f"tool call {scope.call_id}")
            except SecretNotFound as exc:
                raise ActionFailed(f"{exc}. Ask the owner for it with secret_request.") from exc
        return values[name]

    def resolve(text: str, encode: Callable[[str], str] = str) -> str:
        return _REFERENCE.sub(lambda found: encode(value_of(found[1])), text)

    return _with_values(action, resolve)  # type: ignore[return-value]


def check_ways_in(action: Action) -> None:
    """
    Whether every reference of an action can be given its value; no value is looked up.

    Raises:
        ActionFailed: A program could only take one in its arguments, where others would see it.
    """
    _with_values(action, lambda text, encode=str: _REFERENCE.sub("value", text))


def _with_values(action: Action, resolve: _Resolve) -> Action:
    match action:
        case RunPipelines():
            return _pipelines(action, resolve)
        case WriteFile():
            return dataclasses.replace(action, content=resolve(action.content))
        case UpdateEnv():
            return dataclasses.replace(action, value=resolve(action.value))
        case HttpCall():
            headers = tuple((name, resolve(value)) for name, value in action.headers)
            return dataclasses.replace(
                action, url=_url(action.url, resolve), headers=headers, body=resolve(action.body)
            )
        case (
            ReadFile() | ListFiles() | MovePath() | DeletePath() | ReadEnv()
            | GenerateSecret() | RotateSecret() | RequestSecret()
            | HandOver() | BrowseScenario() | StartHelper()
        ):  # fmt: skip
            return action
        case _:
            assert_never(action)


def _pipelines(action: RunPipelines, resolve: _Resolve) -> RunPipelines:
    pipelines = tuple(tuple(_command(command, resolve) for command in line) for line in action.pipelines)
    return action._replace(pipelines=pipelines)


def _command(command: Command, resolve: _Resolve) -> Command:
    """The program stays what it was judged as; a secret among its arguments takes another way in."""
    if any(_REFERENCE.search(argument) for argument in command.argv[1:]):
        for argument in command.argv[1:]:
            # A secret that is missing is a clearer word than one that has no way in.
            resolve(argument)
        command = with_hidden_values(command, resolve)
    return command._replace(
        env=tuple((name, resolve(value)) for name, value in command.env),
        captures=tuple(_pipelines(capture, resolve) for capture in command.captures),
    )


def _url(url: str, resolve: _Resolve) -> str:
    """Scheme and host stay as they were judged; a value in path or query cannot reach into them."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host}{slash}{resolve(path, encode=lambda value: quote(value, safe=''))}"
