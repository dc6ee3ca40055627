"""``python -m tenant_daemon audit verify | export | prune``."""

import argparse
import getpass
import sys
from typing import Any

from tenant_daemon.audit.heads import let_go
from tenant_daemon.audit.trail import AuditTrail, AuditUnavailable
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import complain, say
from tenant_daemon.kit.verbs import add_verb


def add_parser(subparsers: Any) -> None:
    """Add ``audit`` with its verbs."""
    parser = subparsers.add_parser("audit", help="verify or export the record of everything that was done")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add_verb(verbs, "verify", "compute the whole chain again; exit code 1 when an entry was changed")
    export = add_verb(verbs, "export", "write the entries, one JSON object a line")
    cut = add_verb(verbs, "prune", "remove old entries, up to a head that was signed and sent to the hub")
    cut.add_argument("--days", type=int, required=True, help="entries older than this go")
    export.add_argument("--after", type=int, default=0, metavar="NUMBER", help="only entries after this one")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when all is well."""
    home = TenantHome(args.home)
    if not home.audit_db.exists():
        complain(f"There is no audit trail at {home.audit_db}.")
        return 1
    try:
        trail = AuditTrail.open(home)
        match args.verb:
            case "verify":
                return _verify(trail)
            case "prune":
                return _prune(trail, args.days)
        return _export(trail, args.after)
    except AuditUnavailable as exc:
        complain(str(exc))
        return 1


def _verify(trail: AuditTrail) -> int:
    found = trail.verify()
    if found.is_intact:
        kept = f", kept from {found.pruned + 1} on" if found.pruned else ""
        say(f"Intact: {found.count} entries{kept}, head {found.head}")
        return 0
    say(f"Broken at entry {found.first_broken}: {found.problem}")
    return 1


def _prune(trail: AuditTrail, days: int) -> int:
    if days < 1:
        complain("At least one day must be kept.")
        return 1
    gone = let_go(trail, days, actor=f"shell:{getpass.getuser()}")
    say(f"Removed {gone} entries")
    return 0


def _export(trail: AuditTrail, after: int) -> int:
    for entry in trail.entries(after=after):
        sys.stdout.write(entry.model_dump_json(exclude_defaults=True) + "\n")
    return 0
