"""Versions of the wire, newest last. A peer that speaks an older minor is served as it asked."""

from typing import Final

PROTOCOL_VERSION: Final = 1
"""
1  2026-11-21  First version: enrolment, chat, approvals, usage, health, commands.
   2026-11-22  approval.carried_out, approval.withdrawn, approval.forgotten, chat.cleaned, agent.cleaned; a
               peer without them rejects. secret.list says who is told of a new value, and which rotation is
               open.
   2026-11-23  distress says `full` for the part `disk`; a hub without it refuses that one message. The part
               `model` of a heartbeat may be well and `silent`.
"""

OLDEST_SUPPORTED_VERSION: Final = 1
