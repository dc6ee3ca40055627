"""``python -m tenant_daemon audit verify | export``."""

import argparse
import sys
from typing import Any

from tenant_daemon.audit.trail import AuditTrail, AuditUnavailable
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.verbs import add_verb


def add_parser(subparsers: Any) -> None:
    """Add ``audit`` with its verbs."""
    parser = subparsers.add_parser("audit", help="verify or export the record of everything that was done")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add_verb(verbs, "verify", "compute the whole chain again; exit code 1 when an entry was changed")
    export = add_verb(verbs, "export", "write the entries, one JSON object a line")
    export.add_argument("--after", type=int, default=0, metavar="NUMBER", help="only entries after this one")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when all is well."""
    home = TenantHome(args.home)
    if not home.audit_db.exists():
        sys.stderr.write(f"There is no audit trail at {home.audit_db}.\n")
        return 1
    try:
        trail = AuditTrail.open(home)
        return _verify(trail) if args.verb == "verify" else _export(trail, args.after)
    except AuditUnavailable as exc:
        sys.stderr.write(f"{exc}\n")
        return 1


def _verify(trail: AuditTrail) -> int:
    found = trail.verify()
    if found.is_intact:
        sys.stdout.write(f"Intact: {found.count} entries, head {found.head}\n")
        return 0
    sys.stdout.write(f"Broken at entry {found.first_broken}: {found.problem}\n")
    return 1


def _export(trail: AuditTrail, after: int) -> int:
    for entry in trail.entries(after=after):
        sys.stdout.write(entry.model_dump_json(exclude_defaults=True) + "\n")
    return 0
