"""
Addresses behind which the body names the procedure: Odoo, JMAP, GraphQL, XML-RPC;
and tRPC, where the address does.

Their method is always POST, so it says nothing. The procedure is read from its fixed place and must be known:
a word that merely stands somewhere in the body neither helps nor harms.
"""

import re
from typing import Final

from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.bodies import Body
from tenant_daemon.policy.web.rpc.call import Procedure, Request
from tenant_daemon.policy.web.rpc.graphql import judge_graphql
from tenant_daemon.policy.web.rpc.jmap import judge_jmap
from tenant_daemon.policy.web.rpc.odoo import judge_odoo
from tenant_daemon.policy.web.rpc.trpc import judge_trpc
from tenant_daemon.policy.web.rpc.xml import judge_xml

__all__ = ["Procedure", "judge_procedure"]

_MAY_BE_DOOR: Final = re.compile(r"rpc|/web/|/json/2/|/jmap|/graphql", re.IGNORECASE)
_JUDGES: Final = (judge_odoo, judge_jmap, judge_graphql, judge_trpc, judge_xml)


def judge_procedure(verdict: Verdict, method: str, path: str, query: str, bodies: list[Body]) -> Procedure:
    """Note what the called procedure does; the strictest reading of the body decides."""
    if _MAY_BE_DOOR.search(path) is None:
        return Procedure.NONE
    for judge in _JUDGES:
        found = {judge(verdict, Request(method, path, query, body)) for body in bodies}
        if found != {Procedure.NONE}:
            return Procedure.READ if found == {Procedure.READ} else Procedure.CHANGE
    return Procedure.NONE
