"""
Arguments of programs for pictures, films and documents.

A picture, a film or a document can name other files and addresses, which such a program then reads. The
formats are therefore a closed list, and each call gets the switch that keeps the program to the files that it
was given.
"""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_PICTURE: Final = re.compile(
    r"(?:[\w ./-]*/)?[\w. *-]+\.(png|jpe?g|gif|webp|tiff?|bmp|ico|avif|heic)", re.IGNORECASE
)
_COLOUR: Final = re.compile(r"[A-Za-z]{3,20}|#[0-9A-Fa-f]{3,8}")
_FILM: Final = re.compile(
    r"(?:[\w ./-]*/)?[\w. %*-]+\.(?:mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|flv|3gp"
    r"|mp3|m4a|wav|ogg|oga|ogv|opus|flac|aac|aiff?)",
    re.IGNORECASE,
)
_STILL: Final = re.compile(r"(?:[\w ./-]*/)?[\w. %-]+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)
_FILM_WORD: Final = re.compile(r"[A-Za-z0-9_+:?.-]{1,40}")
_FILTER: Final = re.compile(
    r"(?:(?:scale|fps|crop|transpose|format|hflip|vflip|setpts|atempo|volume|fade|afade|pad|loudnorm|aresample|yadif"
    r"|setsar|setdar|thumbnail|reverse|areverse|silenceremove)(?:=[\w:.+*/()=-]*)?(?:,(?=[a-z])|$))+"
)
_DEMUXERS: Final = "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,asf,flv,mp3,wav,ogg,flac,aac,aiff"
_DOCUMENT_FORMAT: Final = re.compile(
    r"(?:markdown\w*|gfm|commonmark\w*|html[45]?|docx|odt|rst|plain|rtf|epub[23]?|asciidoc|mediawiki|textile|org|json"
    r"|native|csv|tsv|latex|pptx|jira|dokuwiki|opml|man|ipynb|fb2|icml|typst|muse|ms)(?:[+-]\w+)*"
)


def _document(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    formats = reading.values("-f", "-t", "-r", "-w", "--from", "--to", "--read", "--write")
    if any(_DOCUMENT_FORMAT.fullmatch(name) is None for name in formats):
        judge.unknown("pandoc.format", "A format could be a program of its own.")
    targets = reading.values("-o", "--output")
    if any(target.lower().endswith((".pdf", ".lua")) for target in targets):
        judge.unknown("pandoc.pdf", "A PDF is made by a program that can read other files.")
    if any("://" in name for name in reading.positionals):
        judge.unknown("pandoc.address", "It would fetch something from the internet.")
    judge.insert("--sandbox")


def _style(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"[a-z]+", value) is None:
        judge.unknown("pandoc.style", "The style would be read from a file.")


def _picture(judge: "CommandJudge", value: str) -> None:
    if _PICTURE.fullmatch(value) is None:
        judge.unknown("picture.name", f"“{value}” is not the plain name of a picture.")


def _pictures(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals
    is_in_place = profile.rule_id == "mogrify"
    for name in names if is_in_place else names[-1:]:
        judge.places.write(name)
    for name in names if is_in_place else names[:-1]:
        judge.places.read(name)
    if not names or (len(names) < 2 and not is_in_place):
        judge.unknown("picture.target", "It is not clear which picture is meant.")


def _picture_format(judge: "CommandJudge", value: str) -> None:
    _picture(judge, f"a.{value}")


def _geometry(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"[0-9x%+.!<>^-]{1,30}", value) is None:
        judge.unknown("picture.size", f"“{value[:40]}” is not a size.")


def _colour(judge: "CommandJudge", value: str) -> None:
    if _COLOUR.fullmatch(value) is None:
        judge.unknown("picture.colour", f"“{value}” is not a colour.")


def _film_source(judge: "CommandJudge", value: str) -> None:
    if _FILM.fullmatch(value) is None or "%" in value:
        judge.unknown("film.name", f"“{value}” is not the plain name of a film or a sound.")
    else:
        judge.places.read(value)


def _film_target(judge: "CommandJudge", value: str) -> None:
    if _FILM.fullmatch(value) is None and _STILL.fullmatch(value) is None:
        judge.unknown("film.name", f"“{value}” is not the plain name of a film or a sound.")
    else:
        judge.places.write(value)


def _film_word(judge: "CommandJudge", value: str) -> None:
    if _FILM_WORD.fullmatch(value) is None:
        judge.unknown("film.word", f"What “{value[:40]}” does here is not known.")


def _film_filter(judge: "CommandJudge", value: str) -> None:
    if _FILTER.fullmatch(value) is None:
        judge.unknown("film.filter", "The filter could read other files.")


def _film(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if len(reading.positionals) != 1 or not reading.has("-i"):
        judge.unknown("film.target", "It is not clear what becomes of the film.")
    judge.insert("-nostdin", "-protocol_whitelist", "file,pipe", "-format_whitelist", _DEMUXERS)


def _film_facts(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A list of films could name other files and addresses."""
    judge.insert("-protocol_whitelist", "file,pipe", "-format_whitelist", _DEMUXERS)


KINDS.update(
    {
        "picture": _picture,
        "pictureformat": _picture_format,
        "picturecolour": _colour,
        "geometry": _geometry,
        "pandocstyle": _style,
        "filmin": _film_source,
        "filmout": _film_target,
        "filmword": _film_word,
        "filmfilter": _film_filter,
    }
)
REVIEWS.update({"pandoc": _document, "pictures": _pictures, "film": _film, "filmfacts": _film_facts})
