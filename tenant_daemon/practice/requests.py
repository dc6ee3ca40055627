"""
The handful of requests that practice mode understands, in English and German.

Each rule is a pattern and what to do when it is found in the owner's message; the first that fits decides,
so the specific ones stand first. Nothing is executed here: a rule can only propose a tool call, and the
Safety Wrapper judges it like any other.
"""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tenant_daemon.practice.language import Language, choose
from tenant_daemon.practice.reply import Call, Reply, Say
from tenant_daemon.practice.stories import tell_story
from tenant_daemon.practice.texts import read_text


@dataclass(frozen=True)
class Found:
    """A rule's match and what it may need to answer."""

    match: re.Match[str]
    language: Language
    site_url: str
    """Address of the practice website."""

    def __getitem__(self, group: str) -> str:
        return (self.match[group] or "").strip()

    def say(self, english: str, german: str) -> str:
        return choose(self.language, english, german)


Rule = tuple[re.Pattern[str], Callable[[Found], Reply]]

_QUOTED: Final = r"[\"“„'`](?P<text>[^\"”“'`]+)[\"”“'`]"
_NAME: Final = r"[\"“'`]?(?P<name>[\w][\w./-]*)[\"”'`]?"
_FILE: Final = r"[\"“'`]?(?P<path>[\w./-]*\w+\.\w+|\.env|/[\w./-]+)[\"”'`]?"
_COLLEAGUE: Final = (
    r"(?:(?:the|den|die|das|dem|der)\s+)?"
    r"(?P<agent>dispatcher|it[- ]admin|marketing|secretary|sekretariat|sekretärin|sales|vertrieb)"
)
_COLLEAGUE_IDS: Final = {
    "it admin": "it-admin",
    "sekretariat": "secretary",
    "sekretärin": "secretary",
    "vertrieb": "sales",
}


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _story(found: Found) -> Reply:
    return Say(tell_story(int(found["words"] or 300), found.language))


def _use_secret(found: Found) -> Reply:
    reference = f"SECRET_REF({found['name']})"
    path = found["path"] or f"{found['name']}.txt"
    if found["key"]:
        return Call("env_update", {"path": path, "key": found["key"], "value": reference})
    return Call("file_write", {"path": path, "content": f"password = {reference}\n"})


def _set_value(found: Found) -> Reply:
    return Call("env_update", {"path": found["path"], "key": found["key"], "value": found["value"]})


def _generate_secret(found: Found) -> Reply:
    return Call("secret_generate", {"name": found["name"]})


def _request_secret(found: Found) -> Reply:
    purpose = found.say("You asked me to request it.", "Du hast mich gebeten, danach zu fragen.")
    return Call("secret_request", {"name": found["name"], "purpose": purpose})


def _show_secret(found: Found) -> Reply:
    return Say(read_text("passwords.md", found.language))


def _publish(found: Found) -> Reply:
    post = {"title": found["text"][:80], "text": found["text"], "status": "published"}
    body = json.dumps(post, ensure_ascii=False)
    headers = {"Content-Type": "application/json"}
    url = f"{found.site_url}/api/posts"
    return Call("http", {"method": "POST", "url": url, "headers": headers, "body": body})


def _hand_over(found: Found) -> Reply:
    agent = found["agent"].lower()
    agent_id = _COLLEAGUE_IDS.get(agent.replace("-", " "), agent)
    lead_in = found.say(f"I pass that on to {agent_id}.", f"Das gebe ich an {agent_id} weiter.")
    return Call("handover", {"agent_id": agent_id, "message": found["task"]}, lead_in)


def _disk(found: Found) -> Reply:
    return Call("shell", {"command": "df -h ."}, found.say("I have a look.", "Ich sehe nach."))


def _containers(found: Found) -> Reply:
    return Call(
        "docker", {"command": "ps"}, found.say("I look at the containers.", "Ich sehe nach den Containern.")
    )


def _processes(found: Found) -> Reply:
    return Call("shell", {"command": "ps aux"}, found.say("I look what runs.", "Ich sehe nach, was läuft."))


def _delete_file(found: Found) -> Reply:
    return Call("file_delete", {"path": found["path"]})


def _delete_folder(found: Found) -> Reply:
    command = f"rm -r {shlex.quote(found['name'].rstrip('/'))}"
    lead_in = found.say(
        f"That removes `{found['name']}` with everything in it.",
        f"Das entfernt `{found['name']}` mit allem, was darin ist.",
    )
    return Call("shell", {"command": command}, lead_in)


def _write(found: Found) -> Reply:
    return Call("file_write", {"path": found["path"], "content": f"{found['text']}\n"})


def _read(found: Found) -> Reply:
    return Call("file_read", {"path": found["path"]})


def _list(found: Found) -> Reply:
    name = found["name"]
    return Call("file_list", {"path": "." if name.lower() in _OWN_FOLDER else name})


_OWN_FOLDER: Final = ("", "workspace", "arbeitsordner", "folder", "ordner")
_DELETE: Final = r"\b(?:delete|remove|tidy(?:\s+up)?|clean\s+up|get\s+rid\s+of|lösche?|entferne?|räume?)\b"
_WITH_ARTICLE: Final = r"\s+(?:up\s+)?(?:the\s+|my\s+|den\s+|die\s+|das\s+|meinen\s+)?"

RULES: Final[tuple[Rule, ...]] = (
    (
        _rule(r"\b(?:long\s+story|lange\s+geschichte)\b(?:\D*(?P<words>\d{1,6})\s*(?:words|wörter\w*))?"),
        _story,
    ),
    (
        _rule(
            rf"\b(?:use|nutze|verwende|nimm)\s+(?:the\s+|das\s+)?(?:secret|geheimnis)\s+{_NAME}"
            rf"(?:.*?\b(?:set|setze?)\s+(?P<key>[A-Z][A-Z0-9_]*))?(?:.*?{_FILE})?"
        ),
        _use_secret,
    ),
    (
        _rule(rf"\b(?:set|setze?)\s+(?P<key>[A-Z][A-Z0-9_]*)\s+(?:to|auf)\s+(?P<value>\S+)\s+in\s+{_FILE}"),
        _set_value,
    ),
    (
        _rule(
            r"\b(?:generate|create|make|erzeuge|erstelle)\b.*?\b(?:secret|password|geheimnis|passwort)\s+"
            rf"(?:named\s+|called\s+|namens\s+)?{_NAME}"
        ),
        _generate_secret,
    ),
    (
        _rule(
            rf"\b(?:request|ask\s+me\s+for|frag\w*\s+mich\s+nach)\b.*?\b(?:secret|password|geheimnis|passwort)\s+{_NAME}"
        ),
        _request_secret,
    ),
    (
        _rule(
            r"\b(?:show|tell|what\s+is|what's|give|reveal|zeig\w*|nenn\w*|sag\w*|wie\s+(?:lautet|ist))\b"
            r".*\b(?:passwords?|passwort\w*|passwörter|kennwort|secrets?|geheimnis\w*|api[- ]keys?)\b"
        ),
        _show_secret,
    ),
    (_rule(rf"\b(?:publish|post|veröffentliche|poste)\b.*?{_QUOTED}"), _publish),
    (
        _rule(
            r"\b(?:publish|veröffentliche)\b(?:\s+(?:a\s+post|an?\s+article|einen\s+beitrag))?[:\s]+(?P<text>\S.*)"
        ),
        _publish,
    ),
    (
        _rule(
            rf"\b(?:ask|tell|hand(?:\s+\w+)?\s+over\s+to|pass\s+\w+\s+(?:on\s+)?to|frage?|bitte|sage?|übergib\s+\w*\s*an)\s+{_COLLEAGUE}"
            r"\b[,:]?\s*(?:to\s+|that\s+|dass\s+|um\s+)?(?P<task>\S.*)"
        ),
        _hand_over,
    ),
    (_rule(rf"{_DELETE}{_WITH_ARTICLE}(?:file|datei)\s+{_FILE}"), _delete_file),
    (_rule(rf"{_DELETE}{_WITH_ARTICLE}(?:folder\s+|directory\s+|ordner\s+)?{_NAME}"), _delete_folder),
    (_rule(rf"\b(?:write|save|note|schreibe?|speichere?|notiere?)\b.*?{_QUOTED}.*?{_FILE}"), _write),
    (_rule(rf"\b(?:write|save|schreibe?|speichere?)\b.*?{_FILE}.*?{_QUOTED}"), _write),
    (_rule(rf"\b(?:write|schreibe?)\b.*?{_FILE}\s*:\s*(?P<text>\S.*)"), _write),
    (_rule(rf"\b(?:read|show|open|cat|print|lies|zeige?|öffne)\b.*?{_FILE}"), _read),
    (
        _rule(r"\b(?:disk|storage|(?:free|how\s+much)\s+space|speicherplatz|festplatte|platz\b.*\bfrei)"),
        _disk,
    ),
    (_rule(r"\bcontainers?\b|\bcontainern\b"), _containers),
    (
        _rule(
            r"\b(?:what(?:'s|\s+is)?\s+run(?:s|ning)|which\s+(?:programs|processes)|process(?:es)?|was\s+läuft|prozesse)\b"
        ),
        _processes,
    ),
    (
        _rule(
            r"\b(?:list|what|which|show|liste|welche|zeige?)\b.*?\b(?:files?|folders?|dateien|ordner)\b"
            rf"(?:\s+(?:are\s+)?(?:in|of|im|sind\s+in)\s+(?:the\s+|my\s+|your\s+|dein\w*\s+)?(?:(?:folder|ordner)\s+)?{_NAME})?"
        ),
        _list,
    ),
)
