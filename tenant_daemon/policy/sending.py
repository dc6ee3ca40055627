"""
Whether a command that is not known well enough may send something out of the server.

What is known says so itself (its profile, its address). For the rest the words have to do: a command that
may send is taken for one that does, so that it waits for both, the person and the door to the outside.
"""

import re
from typing import Final

from tenant_daemon.policy.judgement import Judgement
from tenant_daemon.policy.wordlist import word_set

# Possessive, and begun only where a word begins: a long line costs no more than its length.
_ADDRESS: Final = re.compile(
    r"://|(?<![\w.+-])[\w.+-]++@[\w-]|/dev/(?:tcp|udp)/"
    r"|(?<![\w/.:=\"-])[a-z][\w-]*+(?:\.[\w-]++)*+::?[~/a-z]"
)
_VERBS: Final = word_set(
    """
    push publish upload deploy send submit release share post notify announce broadcast login tunnel dcommit
    install require pull clone download cifs nfs wall finger irc ntpdate rdate keyserver replicaof slaveof
    migrate mail sms tweet webhook remote sign dispatch put mailer mailers deliver sendsms gammu smsd mmcli
    nsupdate flarectl dnscontrol octodns lexicon dns domain domains refund refunds charge payment payments
    payout transfer incident
    """
)
_CODE: Final = re.compile(
    r"smtp|socket|sendmail|urllib|requests|aiohttp|http|fetch ?\(|net::|mail ?\(|paramiko|ftplib|curl|wget"
    r"|gethostby|getaddrinfo|dns\.|recv-keys|/inet[46]?/(?:tcp|udp)/|file-server|(?<![a-z])(?:snmp|dblink)"
)
_HOST: Final = re.compile(
    r"host=(?!localhost|127\.)"
    r"|(?<![\w-])(?:pg_\w+|influx|mongo\w*|redis-cli) (?:[^|;&]{0,60}\s)?-h(?:ost)?[ =]"
    r"|(?<![\w-])logger [^|;&]{0,60}(?:-n|--server)"
)
# A computer's name among the words: no file ends like it.
_COMPUTER: Final = re.compile(
    r"(?<![\w./@%*-])(?:[a-z0-9-]++\.)++(?:com|org|net|io|dev|example|info|biz|cloud|xyz|eu|de)(?![\w.-])"
    r"|(?<![\w./@-])(?!127\.|0\.)\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])"
)
# What waits in a queue is mostly mail; an image can be sent away while it is built.
_OF_WAITING: Final = word_set(
    "queue queues postqueue postsuper cron imagetools registry image actions verify service context"
)
_WAITING: Final = re.compile(
    r"(?:retry|flush|resume|requeue|deliver|run)[ -](?:the-)?queues?\b"
    r"|queues?[ :-](?:retry|flush|work|listen|run)|(?<![\w-])(?:postqueue|postsuper|cron\.php)(?![\w-])"
    r"|imagetools|type=(?:registry|image)|actions-email|verify-email|(?<![\w-])service=|--context[ =]"
)
_VERSION_CONTROL: Final = re.compile(
    r"\s*(?:hg|svn|bzr|cvs|fossil)\s+(?:\S++\s++)*?(?:commit|ci|push|checkin)\b"
)
# Newer parts come from somewhere, and jobs that were put off may be mails.
_RENEWING: Final = word_set("wp ghost drush yarn pnpm composer snap go")
_RENEWS: Final = re.compile(
    r"(?<![\w-])(?:wp|ghost|drush|yarn|pnpm|composer|snap)\s(?:[^|;&]{0,80}\s)?(?:update|upgrade|run|reset-password)(?![\w-])"
    r"|(?<![\w-])go get\b"
)
# No address, although it looks like one: Nextcloud removes what it keeps itself.
_REMOVING: Final = re.compile(
    r"(?<![\w-])occ (?:user:(?:delete|disable)|group:(?:delete|removeuser)|(?:trashbin|versions):cleanup)"
    r"(?![\w:@/-])"
)
_LETTERS: Final = re.compile(r"[a-z]+")
_MOST_LOOKED_AT: Final = 4_096


def may_send(text: str) -> bool:
    """Whether words in a command line tell of an address or of sending. One look for each kind of sign."""
    low = text.casefold()
    if "occ " in low:
        low = _REMOVING.sub("occ ", low)
    words = _LETTERS.findall(low)
    if not _VERBS.isdisjoint(words) or _CODE.search(low) is not None:
        return True
    if (":" in low or "@" in low or "/dev/" in low) and _ADDRESS.search(low) is not None:
        return True
    if "." in low and _COMPUTER.search(low) is not None:
        return True
    if not _OF_WAITING.isdisjoint(words) and _WAITING.search(low) is not None:
        return True
    if ("-h" in low or "host=" in low or "logger" in low) and _HOST.search(low) is not None:
        return True
    if not _RENEWING.isdisjoint(words) and _RENEWS.search(low) is not None:
        return True
    return _VERSION_CONTROL.match(low) is not None


def with_sending(judgement: Judgement, text: str) -> Judgement:
    """The judgement of a command line, external too where it is unknown and may send."""
    if not judgement.is_unknown or judgement.is_external:
        return judgement
    if len(text) <= _MOST_LOOKED_AT and not may_send(text):
        return judgement
    return judgement._replace(is_external=True, rule_ids=(*judgement.rule_ids, "external.may-send"))
