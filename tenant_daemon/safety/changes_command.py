"""``python -m tenant_daemon changes ...``: what agents changed, and putting it back, hub or no hub."""

import argparse
import getpass
from typing import Any, Final

import httpx

from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import complain, say_row
from tenant_daemon.kit.verbs import add_verb
from tenant_daemon.local_tokens import local_token
from tenant_daemon.safety.address import wrapper_address
from tenant_daemon.settings import load_settings

_TIMEOUT_SECONDS: Final = 30


def add_parser(subparsers: Any) -> None:
    """Add ``changes`` with its verbs."""
    parser = subparsers.add_parser("changes", help="list and undo what agents changed in the last days")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add_verb(verbs, "list", "what was changed, newest first")
    add_verb(verbs, "undo", "put back what was there before").add_argument("change_id")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    home = TenantHome(args.home)
    address = wrapper_address(load_settings(home))
    headers = {"Authorization": f"Bearer {local_token(home, 'wrapper')}"}
    try:
        with httpx.Client(
            base_url=address, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False
        ) as client:
            if args.verb == "list":
                return _shown(client.get("/api/v1/changes"))
            wish = {"requested_by": f"shell:{getpass.getuser()}"}
            return _shown(client.post(f"/api/v1/changes/{args.change_id}/undo", json=wish))
    except httpx.HTTPError as exc:
        complain(f"The wrapper does not answer at {address} ({type(exc).__name__}). Is it running?")
        return 1


def _shown(answer: httpx.Response) -> int:
    body = answer.json()
    if answer.status_code != httpx.codes.OK:
        complain(body["error"]["message"])
        return 1
    found = body["data"] if isinstance(body["data"], list) else [body["data"]]
    for change in found:
        state = "undone" if change["is_undone"] else "can be undone" if change["can_undo"] else "kept no copy"
        fields = [change[name] for name in ("change_id", "created_at", "agent_id", "change", "path")]
        say_row([*fields, state])
    return 0
