"""
Whether a command that is not known well enough may send something out of the server.

What is known says so itself (its profile, its address). For the rest the words have to do: a command that
may send is taken for one that does, so that it waits for both, the person and the door to the outside.
"""

import re
from dataclasses import replace
from typing import Final

from tenant_daemon.policy.judgement import Judgement

# Possessive, and begun only where a word begins: a long line costs no more than its length.
_ADDRESS: Final = (
    r"://|(?<![\w.+-])[\w.+-]++@[\w-]|/dev/(?:tcp|udp)/"
    r"|(?<![\w/.:=\"-])[a-z][\w-]*+(?:\.[\w-]++)*+::?[~/a-z]"
)
_VERB: Final = (
    r"(?<![a-z])(?:push|publish|upload|deploy|send|submit|release|share|post|notify|announce|broadcast|login"
    r"|tunnel|dcommit|install|require|pull|clone|download|cifs|nfs|wall|finger|irc|snmp\w*|ntpdate|rdate|keyserver|recv-keys|replicaof|slaveof|migrate|dblink\w*|mail|sms|tweet|webhook|remote|sign|dispatch|put)(?![a-z])"
)
_CODE: Final = (
    r"smtp|socket|sendmail|urllib|requests|aiohttp|http|fetch ?\(|net::|mail ?\(|paramiko|ftplib"
    r"|curl|wget|gethostby|getaddrinfo|dns\."
)
_HOST: Final = (
    r"host=(?!localhost|127\.)"
    r"|(?<![\w-])(?:pg_\w+|influx|mongo\w*|redis-cli) (?:[^|;&]{0,60}\s)?-h(?:ost)?[ =]"
    r"|(?<![\w-])logger [^|;&]{0,60}-n"
)
_VERSION_CONTROL: Final = r"^\s*(?:hg|svn|bzr|cvs|fossil)\s+(?:\S++\s++)*?(?:commit|ci|push|checkin)\b"
_MOST_LOOKED_AT: Final = 4_096
_MAY_SEND: Final = re.compile(f"{_ADDRESS}|{_VERB}|{_CODE}|{_HOST}|{_VERSION_CONTROL}", re.IGNORECASE)


def with_sending(judgement: Judgement, text: str) -> Judgement:
    """The judgement of a command line, external too where it is unknown and may send."""
    if not judgement.is_unknown or judgement.is_external:
        return judgement
    if len(text) <= _MOST_LOOKED_AT and _MAY_SEND.search(text) is None:
        return judgement
    return replace(judgement, is_external=True, rule_ids=(*judgement.rule_ids, "external.may-send"))
