"""One door to all executors: a judged action in, what came of it out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import assert_never

from tenant_daemon.execution.call_groups import CallGroups
from tenant_daemon.execution.env import EnvFiles
from tenant_daemon.execution.files import Files
from tenant_daemon.execution.http import call_http
from tenant_daemon.execution.identity import Identity
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.execution.outputs import NewStream
from tenant_daemon.execution.references import resolve_references
from tenant_daemon.execution.secrets import generate_secret, request_secret, rotate_secret
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.execution.undoing import Undoing
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import (
    Action,
    BrowseScenario,
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
from tenant_daemon.vault import Vault
from tenant_daemon.vault.steps.chosen import StepOf

AskColleague = Callable[[HandOver, CallScope], Awaitable[str]]
"""Have the colleague do it and give the final words; raises ActionFailed."""


class Executor:
    """Runs actions. It trusts what it gets: only the wrapper calls it, with what was let through."""

    def __init__(
        self,
        home: TenantHome,
        vault: Vault,
        ask_colleague: AskColleague,
        undo: UndoStore,
        limits: Limits | None = None,
        new_stream: NewStream | None = None,
        identity: Identity | None = None,
        groups: CallGroups | None = None,
        step_of: StepOf = lambda _name, _actor: None,
    ) -> None:
        self._home = home
        self._vault = vault
        self._ask_colleague = ask_colleague
        self._step_of = step_of
        self._limits = limits or Limits()
        self._shell = Shell(home, undo, self._limits, new_stream, identity, groups)
        self._files = Files(undo, self._limits)
        self._env_files = EnvFiles(self._files)
        self.undoing = Undoing(undo, self._files)

    async def execute(self, action: Action, scope: CallScope) -> Outcome:
        """
        Put the secrets in and do it. Cancelling ends what runs.

        Raises:
            ActionFailed: It could not be done, with the reason for the agent.
            AuditUnavailable: A secret was needed and its use cannot be recorded.
        """
        try:
            return await self._do(resolve_references(action, self._vault, scope), scope)
        except OSError as exc:
            raise ActionFailed(exc.strerror or type(exc).__name__) from exc

    async def _do(self, action: Action, scope: CallScope) -> Outcome:
        match action:
            case RunPipelines():
                return await self._shell.run(action, self._home.workspace(scope.agent_id), scope)
            case ReadFile():
                return await asyncio.to_thread(self._files.read, action)
            case ListFiles():
                return await asyncio.to_thread(self._files.list, action)
            case WriteFile():
                return await asyncio.to_thread(self._files.write, action, scope)
            case MovePath():
                return await asyncio.to_thread(self._files.move, action, scope)
            case DeletePath():
                return await asyncio.to_thread(self._files.delete, action, scope)
            case ReadEnv():
                return await asyncio.to_thread(self._env_files.read, action)
            case UpdateEnv():
                return await asyncio.to_thread(self._env_files.update, action, scope)
            case HttpCall():
                return await call_http(action, self._limits)
            case GenerateSecret():
                return generate_secret(action, self._vault, scope)
            case RotateSecret():
                return await asyncio.to_thread(rotate_secret, action, self._vault, self._step_of, scope)
            case RequestSecret():
                return request_secret(action, self._vault)
            case HandOver():
                return Outcome(is_success=True, output=await self._ask_colleague(action, scope))
            case BrowseScenario():
                raise ActionFailed("No browser is connected to this server.")
            case StartHelper():
                raise ActionFailed("Helpers are not available on this server.")
            case _:
                assert_never(action)
