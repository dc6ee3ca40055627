"""``python -m tenant_daemon approvals ...``: deciding on the server itself, hub or no hub."""

import argparse
import getpass
from typing import Any, Final

import httpx

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import complain, say_row
from tenant_daemon.kit.verbs import add_verb
from tenant_daemon.local_tokens import local_token
from tenant_daemon.safety.address import wrapper_address
from tenant_daemon.settings import load_settings

_TIMEOUT_SECONDS: Final = 10


def add_parser(subparsers: Any) -> None:
    """Add ``approvals`` with its verbs."""
    parser = subparsers.add_parser("approvals", help="list and decide what waits for a person")
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = add_verb(verbs, "list", "what waits")
    listing.add_argument("--all", action="store_true", help="what is settled as well")
    add_verb(verbs, "approve", "let it run, once").add_argument("approval_id")
    deny = add_verb(verbs, "deny", "refuse it")
    deny.add_argument("approval_id")
    deny.add_argument("--reason", default="", help="what the agent is told")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    home = TenantHome(args.home)
    address = wrapper_address(load_settings(home))
    headers = {"Authorization": f"Bearer {local_token(home, 'wrapper')}"}
    try:
        with httpx.Client(
            base_url=address, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False
        ) as client:
            return _list(client, show_all=args.all) if args.verb == "list" else _decide(client, args)
    except httpx.HTTPError as exc:
        complain(f"The wrapper does not answer at {address} ({type(exc).__name__}). Is it running?")
        return 1


def _list(client: httpx.Client, *, show_all: bool) -> int:
    params = {} if show_all else {"status": "pending"}
    while True:
        answer = client.get("/api/v1/approvals", params=params)
        if answer.status_code != httpx.codes.OK:
            return _complain(answer)
        body = answer.json()
        for approval in body["data"]:
            _say(approval)
        if not body["meta"]["next_cursor"]:
            return 0
        params["cursor"] = body["meta"]["next_cursor"]


def _decide(client: httpx.Client, args: argparse.Namespace) -> int:
    verdict = Verdict.APPROVE if args.verb == "approve" else Verdict.DENY
    decision = {
        "verdict": verdict,
        "decided_by": f"shell:{getpass.getuser()}",
        "deny_reason": getattr(args, "reason", ""),
    }
    answer = client.post(f"/api/v1/approvals/{args.approval_id}/decision", json=decision)
    if answer.status_code != httpx.codes.OK:
        return _complain(answer)
    _say(answer.json()["data"])
    return 0


def _say(approval: dict[str, Any]) -> None:
    fields = ("approval_id", "status", "tier_label", "agent_id", "summary", "exactly", "expires_at")
    say_row(approval[field] for field in fields)


def _complain(answer: httpx.Response) -> int:
    complain(answer.json()["error"]["message"])
    return 1
