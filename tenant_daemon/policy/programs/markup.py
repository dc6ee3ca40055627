"""
XML by ``xmlstarlet``.

``xmlstarlet sel`` fills in what a document takes in from other files, and knows no switch against it. So a
document that declares anything asks, and so does one that nobody sees before it is read.
"""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# Those of XPath itself. XSLT's `document()` reads files, and functions with a prefix may compute such a call.
_FUNCTIONS: Final = word_set(
    """
    text node comment processing-instruction last position count id local-name namespace-uri name string
    concat starts-with contains substring-before substring-after substring string-length normalize-space
    translate boolean not true false lang number sum floor ceiling round current format-number and or div mod
    """
)
_CALL: Final = re.compile(r"(?<![\w.:-])([\w.:-]+)\s*\(")
_LONGEST_PATH: Final = 2_000
_LONGEST_PROLOG: Final = 65_536
_LEAVING_FILES: Final = frozenset({"cd", "ls", "echo", "printf", "test", "wc", "head", "file", "xmlstarlet"})
_BLANKS: Final = b" \t\r\n"
# In another encoding the declaration could be spelled with other bytes.
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"']([\w.-]*)")
_PLAIN_ENCODING: Final = re.compile(rb"(?i:utf-8|us-ascii|iso-8859-\d+|windows-125\d)")


def _path(judge: "CommandJudge", value: str) -> None:
    names = [] if len(value) > _LONGEST_PATH else _CALL.findall(value)
    if len(value) > _LONGEST_PATH or any(name.rpartition("::")[2] not in _FUNCTIONS for name in names):
        judge.unknown("xml.path", "The expression may read more than the document.")


def declares_nothing(content: bytes) -> bool:
    """Whether a document begins with its root: nothing before it could name other files."""
    content = content[:_LONGEST_PROLOG].removeprefix(b"\xef\xbb\xbf")
    if b"\0" in content:
        return False
    at = _past_blanks(content, 0)
    while content.startswith((b"<?", b"<!--"), at):
        end = b"?>" if content.startswith(b"<?", at) else b"-->"
        stop = content.find(end, at + 4)
        if stop < 0:
            return False
        named = _ENCODING.search(content, at, stop)
        if end == b"?>" and named is not None and _PLAIN_ENCODING.fullmatch(named[1]) is None:
            return False
        at = _past_blanks(content, stop + len(end))
    return re.compile(rb"<[A-Za-z_]").match(content, at) is not None


def _past_blanks(content: bytes, at: int) -> int:
    while content[at : at + 1] in _BLANKS and at < len(content):
        at += 1
    return at


def _selected(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals or [judge.input_file]
    for name in names:
        if name in ("", "-"):
            is_plain = judge.stdin_text is not None and declares_nothing(judge.stdin_text.encode())
        else:
            is_plain = not judge.is_in_container and _is_plain_file(judge, name)
        if not is_plain:
            judge.unknown("xml.declares", "The document could take in other files.")


def _is_plain_file(judge: "CommandJudge", name: str) -> bool:
    place = judge.places.resolve(name)
    # An earlier command of the line may bring it, or put another in its place.
    if place.path in judge.places.spelled or not _LEAVING_FILES.issuperset(judge.before):
        return False
    if not place.exists:
        return True
    try:
        with open(place.path, "rb") as file:
            return place.is_regular and declares_nothing(file.read(_LONGEST_PROLOG))
    except OSError:
        return False


def _edited(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if reading.has("-L", "--inplace"):
        for name in reading.positionals:
            judge.places.write(name)


KINDS["xpath"] = _path
REVIEWS.update({"xmlselected": _selected, "xmledited": _edited})
