"""
Secrets as people deal with them from the portal: what they ask for is done here, and values travel sealed.

Call it in a thread: the vault blocks. After a restart the last request may come again; it then finds itself
done, or is refused, and changes nothing.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

import structlog

from tenant_daemon.audit import AuditUnavailable
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.secrets import (
    RevealAsked,
    SecretAnswered,
    SecretChange,
    SecretChangeAsked,
    SecretProvided,
    SecretsListed,
    SecretSummary,
    provide_context,
    reveal_context,
)
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.vault import (
    RESERVED_NAMES,
    SecretInfo,
    SecretKind,
    SecretNotFound,
    UnfitSecret,
    Vault,
    VaultLocked,
)
from tenant_daemon.vault.canary import plant
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import rotate
from tenant_daemon.vault.sealing import BoxNotOpened, SealingKey, seal
from tenant_daemon.vault.steps.chosen import StepOf

MAX_LISTED: Final = 1_000
GENERATED_LENGTH: Final = 32

log = structlog.get_logger()

SecretRequest = SecretProvided | SecretChangeAsked | RevealAsked


class NotDone(Exception):
    """What was asked is not done; the message is for the person."""


@dataclass
class SecretDesk:
    """Does what the portal asks of the vault. ``tenant_id`` is this server."""

    home: TenantHome
    vault: Vault
    tenant_id: str
    step_of: StepOf = lambda _name, _actor: None
    told_tools: Mapping[str, str] = field(default_factory=dict)
    """Secret -> who takes its new value as well, in words for people."""

    def answer(self, request: SecretRequest) -> SecretAnswered:
        """Do it and say what became of it; never raises."""
        try:
            sealed = self._do(request)
        except NotDone as exc:
            detail = str(exc)
        except (UnfitSecret, SecretNotFound) as exc:
            detail = _sentence(str(exc))
        except BoxNotOpened:
            detail = "It did not arrive as it was sent. Reload the page and try again."
        except (VaultLocked, AuditUnavailable) as exc:
            log.error("secret.vault_unavailable", reason=type(exc).__name__)
            detail = "The vault on your server is locked. Nothing was changed."
        else:
            log.info(
                "secret.request_done", request_id=request.request_id, kind=request.kind, name=request.name
            )
            return SecretAnswered(request_id=request.request_id, is_done=True, sealed=sealed)
        log.warning("secret.request_refused", request_id=request.request_id, kind=request.kind)
        return SecretAnswered(request_id=request.request_id, is_done=False, detail=detail[:500])

    def listing(self) -> SecretsListed:
        """What the portal may know of the vault."""
        shown = [info for info in self.vault.list() if info.name not in RESERVED_NAMES]
        return SecretsListed(
            secrets=[self._summary(info) for info in shown[:MAX_LISTED]],
            is_cut=len(shown) > MAX_LISTED,
            sealing_public_key=self._public_key(),
        )

    def _summary(self, info: SecretInfo) -> SecretSummary:
        return SecretSummary(
            name=info.name,
            secret_kind=info.kind,
            version=info.version,
            note=info.note[:200],
            changed_at=info.changed_at,
            changed_by=info.changed_by[:80],
            used_at=info.used_at,
            used_by=info.used_by[:80],
            told_tool=self.told_tools.get(info.name, ""),
            is_unsettled=info.is_staged,
        )

    def _public_key(self) -> str:
        try:
            key = SealingKey.read(self.home.keys_dir / "sealing.key")
        except BoxNotOpened:
            return ""
        return base64.b64encode(key.public).decode("ascii")

    def _do(self, request: SecretRequest) -> str:
        if request.name in RESERVED_NAMES:
            raise NotDone("The server keeps this name for itself. Choose another one.")
        _check_in_time(request.expires_at)
        match request:
            case SecretProvided():
                self._provide(request)
            case SecretChangeAsked():
                self._change(request)
            case RevealAsked():
                return self._reveal(request)
            case _:
                assert_never(request)
        return ""

    def _provide(self, request: SecretProvided) -> None:
        key = SealingKey.read(self.home.keys_dir / "sealing.key")
        value = key.open(request.sealed, provide_context(self.tenant_id, request.name))
        box = hashlib.sha256(base64.b64decode(request.sealed)).hexdigest()
        if self.vault.has_emptied(box):
            # It comes again: what was done with the secret since stays.
            return
        has_one = self.vault.has(request.name)
        if has_one and request.is_new:
            raise NotDone(
                "There is a secret of this name already. Replace its value, or choose another name."
            )
        if not has_one and not request.is_new:
            raise SecretNotFound(request.name)
        kind = _kind_of(request.secret_kind) if request.is_new else None
        self.vault.put(request.name, value, actor=_actor(request), note=request.note, kind=kind, box=box)

    def _change(self, request: SecretChangeAsked) -> None:
        vault, name, actor = self.vault, request.name, _actor(request)
        match request.change:
            case SecretChange.GENERATE | SecretChange.PLANT_CANARY if vault.has(name):
                raise NotDone("There is a secret of this name already. Choose another name.")
            case SecretChange.GENERATE:
                vault.generate(name, length=GENERATED_LENGTH, actor=actor)
            case SecretChange.PLANT_CANARY:
                plant(vault, name, actor=actor)
            case SecretChange.ROTATE:
                self._rotate(name, actor)
            case SecretChange.DELETE:
                vault.delete(name, actor=actor)
            case _:
                assert_never(request.change)

    def _rotate(self, name: str, actor: str) -> None:
        """With the tool that knows it, where the settings say how; else here alone, as the portal says."""
        if not self.vault.has(name):
            raise SecretNotFound(name)
        step = self.step_of(name, actor)
        if step is None:
            self.vault.generate(name, length=GENERATED_LENGTH, actor=actor)
            return
        try:
            rotate(self.vault, name, step, actor=actor)
        except RotationFailed as exc:
            raise NotDone(_sentence(str(exc).rstrip("."))) from exc

    def _reveal(self, request: RevealAsked) -> str:
        value = self.vault.get(
            request.name, actor=_actor(request), purpose=f"shown in the portal once, {request.request_id}"
        )
        return seal(value, request.public_key, reveal_context(request.request_id, request.name))


def _check_in_time(expires_at: datetime) -> None:
    if utc_now() > expires_at:
        raise NotDone("This took too long to reach your server. Try again.")


def _actor(request: SecretRequest) -> str:
    return f"user:{request.asked_by}"


def _kind_of(text: str) -> SecretKind:
    """A kind that a newer hub knows is kept as ``other``. Nobody provides a canary."""
    try:
        kind = SecretKind(text)
    except ValueError:
        return SecretKind.OTHER
    return SecretKind.OTHER if kind is SecretKind.CANARY else kind


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


class SecretsReporter:
    """Tells the hub what is in the vault, whenever that has changed. Call it in one thread at a time."""

    def __init__(self, desk: SecretDesk, store: LinkStore, redact: Callable[[str], str]) -> None:
        self._desk = desk
        self._store = store
        self._redact = redact
        self._told = ""

    def look(self) -> bool:
        """Put the list into the outbox if it is another one than before; says whether it was."""
        try:
            listing = self._desk.listing()
        except VaultLocked:
            # The heartbeat's parts tell of it; the list that the hub has is the last known one.
            return False
        clean = [one.model_copy(update={"note": self._redact(one.note)}) for one in listing.secrets]
        listing = listing.model_copy(update={"secrets": clean})
        text = listing.model_dump_json()
        if text == self._told:
            return False
        self._store.put(listing, slot="secret.list")
        self._told = text
        return True
