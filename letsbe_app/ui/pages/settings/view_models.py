"""What the settings page shows."""

from dataclasses import dataclass

from letsbe_app.people.accounts.devices import device_of
from letsbe_app.people.accounts.passkeys import PasskeyView
from letsbe_app.people.accounts.sessions import SessionView
from letsbe_app.people.keys.service import KeyView
from letsbe_app.people.members.schemas import InvitationView, MemberView
from letsbe_app.ui.text import texts


@dataclass(frozen=True)
class SessionRow:
    """A place where one is signed in."""

    id: str
    device: str
    is_current: bool
    last_seen_at: str


@dataclass(frozen=True)
class PasskeyRow:
    """A passkey of one's own."""

    id: str
    name: str
    last_used_at: str


@dataclass(frozen=True)
class MemberRow:
    """A person of the business."""

    user_id: str
    email: str
    role: str
    is_self: bool
    has_second_factor: bool


@dataclass(frozen=True)
class InvitationRow:
    """Somebody who was invited."""

    id: str
    email: str
    role: str
    is_expired: bool


@dataclass(frozen=True)
class KeyRow:
    """A key for programs."""

    id: str
    name: str
    prefix: str
    scopes: str
    last_used_at: str


@dataclass(frozen=True)
class WaitingTimeChoice:
    """A time that questions of agents may wait."""

    value: str
    """Seconds."""
    title: str
    detail: str
    is_chosen: bool


def waiting_time_choices(chosen_seconds: int) -> list[WaitingTimeChoice]:
    """What can be chosen, the shortest first, and what is set if that is none of them."""
    t = texts().waiting_time
    return [
        WaitingTimeChoice(
            str(seconds),
            t.duration(seconds),
            t.details.get(seconds, t.other_detail),
            seconds == chosen_seconds,
        )
        for seconds in sorted({*t.details, chosen_seconds})
    ]


def session_row(view: SessionView) -> SessionRow:
    """The row of a session."""
    return SessionRow(view.id, device_of(view.user_agent), view.is_current, view.last_seen_at.isoformat())


def passkey_row(view: PasskeyView) -> PasskeyRow:
    """The row of a passkey."""
    return PasskeyRow(view.id, view.name, view.last_used_at.isoformat() if view.last_used_at else "")


def member_row(view: MemberView) -> MemberRow:
    """The row of a person."""
    return MemberRow(view.user_id, view.email, view.role, view.is_self, view.has_second_factor)


def invitation_row(view: InvitationView) -> InvitationRow:
    """The row of an invitation."""
    return InvitationRow(view.id, view.email, view.role, view.is_expired)


def key_row(view: KeyView) -> KeyRow:
    """The row of a key."""
    used = view.last_used_at.isoformat() if view.last_used_at else ""
    return KeyRow(view.id, view.name, view.prefix, ", ".join(view.scopes), used)
