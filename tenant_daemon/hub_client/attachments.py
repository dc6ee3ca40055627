"""
Files that a customer sends with a message: fetched from the hub, opened, and put into the agent's workspace.

The name on this server follows from the attachment's id, so that a message that comes again finds its files.
"""

import asyncio
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import structlog

from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES, AttachedFile, attachment_context
from tenant_daemon.execution.outcome import ActionFailed
from tenant_daemon.execution.safe_paths import open_folder, status_in
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.vault.sealing import BoxNotOpened, SealingKey

INBOX: Final = "inbox"
_PATH: Final = "/attachments/"
_TIMEOUT_SECONDS: Final = 60.0
_TRIES: Final = 6
_STEM_LENGTH: Final = 60
_SUFFIX: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_BOX_BYTES: Final = MAX_ATTACHMENT_BYTES + 1_024

log = structlog.get_logger()


class FilesNotFetched(Exception):
    """They are not here; the text says why, for the customer."""


def local_name(file: AttachedFile) -> str:
    """A name that no shell, no person and no other file stumbles over."""
    plain = unicodedata.normalize("NFKD", file.name).encode("ascii", "ignore").decode()
    stem, _, suffix = plain.rpartition(".")
    words = re.sub(r"[^A-Za-z0-9]+", "-", stem)[:_STEM_LENGTH].strip("-").lower()
    end = f".{suffix.lower()}" if _SUFFIX.fullmatch(suffix) else ""
    return f"{words or 'file'}-{file.attachment_id[-6:]}{end}"


def told_to_agent(files: Sequence[AttachedFile]) -> str:
    """What the agent reads behind the customer's words."""
    lines = [f"- {INBOX}/{local_name(file)} ({file.media_type}, {file.size_bytes} bytes)" for file in files]
    return "\n\n[The customer sent files. They are in your workspace:\n" + "\n".join(lines) + "]"


@dataclass(frozen=True)
class AttachmentDesk:
    """``tenant_id`` is this server, ``key`` gives the key of its link."""

    home: TenantHome
    tenant_id: str
    link_url: str
    key: Callable[[], str]

    async def fetch(self, agent_id: str, files: Sequence[AttachedFile]) -> str:
        """
        Put the files into the agent's inbox; gives what the agent is to be told, empty without files.

        Raises:
            FilesNotFetched: One of them cannot be had.
        """
        if not files:
            return ""
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted_authorities(),
            headers={"Authorization": f"Bearer {self.key()}"},
        ) as client:
            for file in files:
                await self._fetch(client, agent_id, file)
        return told_to_agent(files)

    async def _fetch(self, client: httpx.AsyncClient, agent_id: str, file: AttachedFile) -> None:
        try:
            if not await asyncio.to_thread(self._has, agent_id, file):
                box = await self._box(client, file)
                await asyncio.to_thread(self._keep, agent_id, file, box)
        except (ActionFailed, OSError) as exc:
            log.error("attachment.not_written", attachment_id=file.attachment_id, reason=type(exc).__name__)
            raise FilesNotFetched(f"“{file.name}” could not be put into the agent's folder.") from exc
        except BoxNotOpened as exc:
            log.error("attachment.not_opened", attachment_id=file.attachment_id)
            raise FilesNotFetched(
                f"“{file.name}” did not arrive as it was sent. Reload the page and send it again."
            ) from exc
        await self._confirm(client, file)
        log.info("attachment.fetched", attachment_id=file.attachment_id, size_bytes=file.size_bytes)

    async def _box(self, client: httpx.AsyncClient, file: AttachedFile) -> bytes:
        backoff = Backoff(base_seconds=0.5, cap_seconds=10.0)
        for _ in range(_TRIES):
            try:
                answer = await client.get(self._url(file))
            except httpx.HTTPError as exc:
                log.warning("attachment.hub_away", reason=type(exc).__name__)
            else:
                if answer.is_success and len(answer.content) <= _BOX_BYTES:
                    return answer.content
                if answer.status_code < 500 and answer.status_code != 429:
                    raise FilesNotFetched(f"“{file.name}” is not there any more. Send it again.")
            await asyncio.sleep(backoff.after_failure())
        raise FilesNotFetched(f"“{file.name}” could not be fetched. Send it again.")

    async def _confirm(self, client: httpx.AsyncClient, file: AttachedFile) -> None:
        """Have the hub throw its box away; where that fails, the box goes when its time is over."""
        try:
            await client.delete(self._url(file))
        except httpx.HTTPError as exc:
            log.warning("attachment.not_confirmed", reason=type(exc).__name__)

    def _has(self, agent_id: str, file: AttachedFile) -> bool:
        with open_folder(self._workspace(agent_id) / INBOX, create=True) as folder:
            found = status_in(folder, local_name(file))
        return found is not None and found.st_size == file.size_bytes

    def _keep(self, agent_id: str, file: AttachedFile, box: bytes) -> None:
        """Open the box into a file that is never seen half written, and only where no link leads away."""
        key = SealingKey.read(self.home.keys_dir / "sealing.key")
        data = key.open_bytes(box, attachment_context(self.tenant_id, file.attachment_id))
        name = local_name(file)
        draft = f".{name}.part"
        with open_folder(self._workspace(agent_id) / INBOX, create=True) as folder:
            if status_in(folder, draft) is not None:
                os.unlink(draft, dir_fd=folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(draft, flags, 0o600, dir_fd=folder)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)

    def _workspace(self, agent_id: str) -> Path:
        return self.home.workspace(agent_id).parent.resolve() / agent_id

    def _url(self, file: AttachedFile) -> str:
        base = f"http{self.link_url.removeprefix('ws').removesuffix('/link')}"
        return f"{base}{_PATH}{file.attachment_id}"
