"""XML-RPC: Odoo's older door and WordPress's ``xmlrpc.php``; nothing in them is told apart here."""

import re
from typing import Final

from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.rpc.call import Procedure, Request, note_unknown

_DOOR: Final = re.compile(r"/(?:xmlrpc(?:/.*)?|xml-rpc|RPC2)/*\Z", re.IGNORECASE)


def judge_xml(verdict: Verdict, request: Request) -> Procedure:
    """Every call asks: the same can be said through doors that are read (JSON, REST)."""
    if _DOOR.search(request.path) is None or (request.method != "POST" and not request.body.text):
        return Procedure.NONE
    return note_unknown(verdict, "Calls by XML are not read here; use the tool's JSON address.")
