"""The key with which this server opens its link, and changing it while everything goes on."""

import asyncio
import json
from collections.abc import Callable
from typing import Final

import httpx
import structlog

from tenant_daemon.contracts.enrolment import KeyRenewed
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.settings import HUB_KEY_SECRET
from tenant_daemon.vault import Vault

KEY_PATH: Final = "/key"
_TIMEOUT_SECONDS: Final = 20.0
_RETRY_CAP_SECONDS: Final = 30.0
_ACTOR: Final = "daemon:link"

log = structlog.get_logger()


class HubKey:
    """
    The key lies in the vault. The hub takes the old one until the new one has opened a link, so a crash
    between any two steps leaves a key that works.
    """

    def __init__(
        self, vault: Vault, link_url: str, on_key: Callable[[str], None] = lambda _api_key: None
    ) -> None:
        """``on_key`` is told each key before it is used."""
        self._vault = vault
        self._on_key = on_key
        self._url = f"http{link_url.removeprefix('ws').removesuffix('/link')}{KEY_PATH}"

    def current(self) -> str:
        """The key for the next connection."""
        api_key = self._vault.get(HUB_KEY_SECRET, actor=_ACTOR, purpose="open the link to the hub")
        self._on_key(api_key)
        return api_key

    async def renew(self) -> bool:
        """Trade the key for a new one, trying again while the hub is away; False when the hub refuses."""
        backoff = Backoff(base_seconds=0.5, cap_seconds=_RETRY_CAP_SECONDS)
        while True:
            answer = await self._ask()
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                break
            await asyncio.sleep(backoff.after_failure())
        try:
            content = json.loads(answer.content)
            renewed = KeyRenewed.model_validate(content["data"]) if content["success"] is True else None
        except (ValueError, KeyError, TypeError, RecursionError):
            # The cause would print the answer, which may hold the key.
            renewed = None
        if renewed is None:
            log.error("hub_key.not_renewed", status=answer.status_code)
            return False
        await asyncio.to_thread(
            self._vault.put, HUB_KEY_SECRET, renewed.api_key, actor=_ACTOR, note="renewed by the hub"
        )
        log.info("hub_key.renewed")
        return True

    async def _ask(self) -> httpx.Response | None:
        headers = {"Authorization": f"Bearer {self.current()}"}
        try:
            async with httpx.AsyncClient(
                timeout=_TIMEOUT_SECONDS, trust_env=False, verify=trusted_authorities()
            ) as client:
                return await client.post(self._url, headers=headers)
        except httpx.HTTPError as exc:
            log.warning("hub_key.hub_away", reason=type(exc).__name__)
            return None
