"""pdftk, Ghostscript and LibreOffice, whose arguments are languages of their own."""

import hashlib
import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.registry import RESTS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_DOCUMENT: Final = re.compile(r"(?:[A-Z]=)?((?:[\w ./-]*/)?[\w. *-]+\.pdf)", re.IGNORECASE)
_PAGES: Final = re.compile(
    r"[A-Z]*(?:\d+|end)?(?:-(?:\d+|end))?(?:even|odd|north|south|east|west|left|right|down)?"
)
_OFFICE_FILE: Final = re.compile(
    r"(?:[\w ./-]*/)?[\w. *-]+\.(?:docx?|xlsx?|pptx?|odt|ods|odp|rtf|csv|txt)", re.IGNORECASE
)
_OFFICE_FORMAT: Final = re.compile(
    r"(?:pdf|docx|xlsx|pptx|odt|ods|odp|rtf|csv|txt|png|jpg)(?::[\w :,()-]+)?", re.IGNORECASE
)
_OFFICE_SWITCHES: Final = frozenset(
    {
        *(
            "--headless",
            "--norestore",
            "--nologo",
            "--writer",
            "--calc",
            "--impress",
            "--draw",
            "--invisible",
        ),
        *("--nolockcheck", "--nofirststartwizard", "--nodefault", "--minimized"),
    }
)
_SHOWING: Final = (["dump_data"], ["dump_data_utf8"], ["dump_data_fields"])
_JOINING: Final = ("cat", "rotate", "shuffle")
_SETTING: Final = re.compile(
    r"-q|-dNOPAUSE|-dBATCH|-dSAFER|-dQUIET|-dPDFSETTINGS=/(?:screen|ebook|printer|prepress|default)"
    r"|-dCompatibilityLevel=1\.[3-7]|-d(?:FirstPage|LastPage|JPEGQ)=\d+|-r\d+(?:x\d+)?"
    r"|-dAutoRotatePages=/(?:None|All|PageByPage)|-d(?:Text|Graphics)AlphaBits=[124]"
    r"|-d(?:Color|Gray|Mono)ImageResolution=\d+|-dDownsample(?:Color|Gray|Mono)Images=(?:true|false)"
    r"|-sDEVICE=(?:pdfwrite|png16m|pnggray|pngalpha|jpeg|jpeggray|tiffg4|tiff24nc|txtwrite)"
)
_TARGET: Final = re.compile(
    r"-sOutputFile=((?:[\w ./-]*/)?[\w. -]+?(?:%0?\dd)?\.(?:pdf|png|jpe?g|tiff?|txt))", re.IGNORECASE
)


def _pdftk(judge: "CommandJudge", argv: list[str]) -> None:
    """``pdftk FILES cat PAGES output FILE``, and what only shows facts."""
    sources: list[str] = []
    for word in argv:
        found = _DOCUMENT.fullmatch(word)
        if found is None:
            break
        sources.append(found[1])
    for name in sources:
        KINDS["read"](judge, name)
    rest = argv[len(sources) :]
    if sources and rest in _SHOWING:
        return
    is_joining = rest[:1] in ([verb] for verb in _JOINING) and rest[-2:-1] == ["output"]
    if not sources or not is_joining or any(_PAGES.fullmatch(word) is None for word in rest[1:-2]):
        judge.unknown("pdftk.operation", "What becomes of the document is not known here.")
    if rest:
        judge.places.write(rest[-1])


def _office(judge: "CommandJudge", argv: list[str]) -> None:
    """
    ``soffice --headless --convert-to pdf FILES``: macros do not run then, and there is no network.

    Its settings lie where no agent writes: those in the workspace could allow macros.
    """
    words, folder, wanted = list(argv), ".", ""
    sources: list[str] = []
    is_plain = "--headless" in words
    while words:
        word = words.pop(0)
        if word == "--outdir" and words:
            folder = words.pop(0)
        elif word == "--convert-to" and words:
            wanted = words.pop(0)
        elif _OFFICE_FILE.fullmatch(word) is not None:
            sources.append(word)
        elif word not in _OFFICE_SWITCHES:
            is_plain = False
    if not is_plain or not sources or _OFFICE_FORMAT.fullmatch(wanted) is None:
        judge.unknown("office.arguments", "It could run macros, or do anything else.")
    for name in sources:
        KINDS["read"](judge, name)
        stem = name.rpartition("/")[2].rpartition(".")[0]
        judge.places.write(f"{folder}/{stem}.{wanted.partition(':')[0] or 'pdf'}")
    own = hashlib.sha256(judge.places.roots.workspace.encode()).hexdigest()[:16]
    judge.insert(f"-env:UserInstallation=file:///tmp/office-{own}")


def _ghostscript(judge: "CommandJudge", argv: list[str]) -> None:
    """A document in PDF made smaller or into pictures; PostScript is a language that can do much more."""
    targets = [found[1] for word in argv if (found := _TARGET.fullmatch(word)) is not None]
    sources = [word for word in argv if not word.startswith("-")]
    settings = [word for word in argv if word.startswith("-") and _TARGET.fullmatch(word) is None]
    is_plain = (
        len(targets) == 1
        and bool(sources)
        and all(_DOCUMENT.fullmatch(name) for name in sources)
        and all(_SETTING.fullmatch(word) for word in settings)
    )
    if not is_plain:
        judge.unknown("gs.arguments", "It could run code.")
    for name in sources:
        KINDS["read"](judge, name)
    for name in targets:
        judge.places.write(name)
    judge.insert("-dSAFER")


RESTS["office"] = _office
RESTS["pdftk"] = _pdftk
RESTS["ghostscript"] = _ghostscript
