"""
Arguments of programs for pictures, films and documents.

A picture, a film or a document can name other files and addresses, which such a program then reads. The
formats are therefore a closed list, and each call gets the switch that keeps the program to the files that it
was given.
"""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.signs import begins_like_picture
from tenant_daemon.policy.programs.words import choice

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_PICTURE: Final = re.compile(
    r"(?:[\w ./-]*/)?[\w. *-]+\.(png|jpe?g|gif|webp|tiff?|bmp|ico|avif|heic)", re.IGNORECASE
)
# ImageMagick takes what stands before a colon for a format, and what stands in brackets for a choice.
_PICTURE_ENDING: Final = re.compile(
    r"(?![@|])[^:|\[\]]+\.(png|jpe?g|gif|webp|tiff?|bmp|ico|avif|heic)", re.IGNORECASE
)
_DRAWING_ENDING: Final = re.compile(r"(?![@|])[^:|\[\]]+\.svg", re.IGNORECASE)
_TAKING_IN: Final = re.compile(rb"href|url|import|<!|&#|\\|\0|<script|<image|<foreign", re.IGNORECASE)
"""What a drawing needs in order to bring in other files."""
_MOST_OF_A_DRAWING: Final = 262_144
_ALBUM: Final = re.compile(r"(?:[\w ./-]*/)?[\w. -]+\.pdf", re.IGNORECASE)
"""Pictures may become a document; a document is read by another program, which could run code."""
_CANVAS: Final = re.compile(
    r"(?:xc|canvas|gradient):(?:[A-Za-z]{3,20}|#[0-9A-Fa-f]{3,8})(?:-[A-Za-z]{3,20})?"
)
_PLUS_FLAGS: Final = frozenset({"+repage", "+append", "+dither", "+antialias"})
_SUB_PROGRAMS: Final = frozenset({"convert", "mogrify", "montage"})
_COLOUR: Final = re.compile(r"[A-Za-z]{3,20}|#[0-9A-Fa-f]{3,8}")
_FILM: Final = re.compile(
    r"(?:[\w ./-]*/)?[\w. %*-]+\.(?:mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|flv|3gp"
    r"|mp3|m4a|wav|ogg|oga|ogv|opus|flac|aac|aiff?)",
    re.IGNORECASE,
)
_STILL: Final = re.compile(r"(?:[\w ./-]*/)?[\w. %*-]+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"(?:[\w ./-]*/)?[\w. -]*%0?\d?d[\w. -]*\.(?:jpe?g|png|webp)", re.IGNORECASE)
_FILM_WORD: Final = re.compile(r"[A-Za-z0-9_+:?.-]{1,40}")
_FILTER: Final = re.compile(
    r"(?:(?:scale|fps|crop|transpose|format|hflip|vflip|setpts|atempo|volume|fade|afade|pad|loudnorm|aresample|yadif"
    r"|setsar|setdar|thumbnail|reverse|areverse|silenceremove)(?:=[\w:.+*/()=-]*)?(?:,(?=[a-z])|$))+"
)
_DEMUXERS: Final = (
    "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,asf,flv,mp3,wav,ogg,flac,aac,aiff"
    ",image2,png_pipe,jpeg_pipe,webp_pipe,gif"
)
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


def note_drawn(judge: "CommandJudge", value: str) -> None:
    """
    A file is to ImageMagick what it holds, whatever it is called.

    In the languages for drawings, which are text, it can take in any other file.
    """
    place = judge.places.resolve(value)
    if judge.is_in_container or _PICTURE_ENDING.fullmatch(value) is None:
        return
    if place.path in judge.places.spelled or (place.is_regular and not begins_like_picture(place.path)):
        judge.unknown("picture.content", f"{value} may be a drawing that takes in other files.")


def _picture(judge: "CommandJudge", value: str) -> None:
    if value in _PLUS_FLAGS:
        return
    if value in _SUB_PROGRAMS and judge.arguments[:1] == [value] and judge.program == "magick":
        return
    is_target = value == judge.arguments[-1] and judge.program != "mogrify"
    if is_target and _ALBUM.fullmatch(value) is not None:
        return
    if _PICTURE.fullmatch(value) is None and _CANVAS.fullmatch(value) is None:
        judge.unknown("picture.name", f"“{value}” is not the plain name of a picture.")


def _pictures(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals
    sub = names[0] if judge.program == "magick" and names and names[0] in _SUB_PROGRAMS else ""
    names = names[1:] if sub else names
    is_in_place = "mogrify" in (judge.program, sub)
    folders = reading.values("-path")
    if folders and not is_in_place:
        judge.unknown("picture.folder", "It is not clear where the picture goes.")
    for name in names if is_in_place else names[-1:]:
        judge.places.write(f"{folders[0]}/{name.rpartition('/')[2]}" if folders else name)
    if folders:
        for name in names:
            judge.places.read(name)
    for name in names if is_in_place else names[:-1]:
        if _CANVAS.fullmatch(name) is None:
            judge.places.read(name)
            note_drawn(judge, name)
    if not names or (len(names) < 2 and not is_in_place):
        judge.unknown("picture.target", "It is not clear which picture is meant.")


def _picture_format(judge: "CommandJudge", value: str) -> None:
    _picture(judge, f"a.{value}")


def _geometry(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"[0-9x%+.!<>^-]{1,30}", value) is None:
        judge.unknown("picture.size", f"“{value[:40]}” is not a size.")


def _picture_folder(judge: "CommandJudge", value: str) -> None:
    """Where changed pictures go; a sign in it would be an instruction."""
    if re.fullmatch(r"[\w./ -]+", value) is None or value.startswith("-"):
        judge.unknown("picture.folder", f"“{value[:40]}” is not the plain name of a folder.")
    judge.places.write(value)


def _picture_target(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"(?:[\w ./-]*/)?[\w. -]+\.(?:png|gif|svg|pdf|ps|eps)", value, re.IGNORECASE) is None:
        judge.unknown("picture.name", f"“{value[:80]}” is not the plain name of a picture.")
    judge.places.write(value)


def _sound_source(judge: "CommandJudge", value: str) -> None:
    if value.startswith("-") or _FILM.fullmatch(value) is None:
        judge.unknown("film.name", f"“{value}” is not the plain name of a film or a sound.")
    KINDS["read"](judge, value)


def _sound_target(judge: "CommandJudge", value: str) -> None:
    if value.startswith("-") or _FILM.fullmatch(value) is None:
        judge.unknown("film.name", f"“{value}” is not the plain name of a film or a sound.")
    judge.places.write(value)


def _style_sheet(judge: "CommandJudge", value: str) -> None:
    """After a colon it would be the name of what is written."""
    if re.fullmatch(r"(?:[\w ./-]*/)?[\w. -]+\.s[ac]ss", value) is None:
        judge.unknown("sass.name", f"“{value[:80]}” is not the plain name of a style sheet.")
    KINDS["read"](judge, value)


def _style_sheets(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if len(reading.positionals) != 2 or ":" in "".join(reading.positionals):
        judge.unknown("sass.target", "It is not clear which style sheet is made.")
    elif not reading.has("--no-source-map"):
        judge.places.write(f"{reading.positionals[1]}.map")


def _colour(judge: "CommandJudge", value: str) -> None:
    if _COLOUR.fullmatch(value) is None:
        judge.unknown("picture.colour", f"“{value}” is not a colour.")


def _film_source(judge: "CommandJudge", value: str) -> None:
    is_still = _NUMBERED.fullmatch(value) is not None or ("%" not in value and _STILL.fullmatch(value))
    if not is_still and (_FILM.fullmatch(value) is None or "%" in value):
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
    only_asks = not reading.positionals and {flag.name for flag, _ in reading.given} <= {"-i", "-hide_banner"}
    if not reading.has("-i") or (len(reading.positionals) != 1 and not only_asks):
        judge.unknown("film.target", "It is not clear what becomes of the film.")
    if not only_asks:
        judge.verdict.note(Tier.YELLOW, "ffmpeg", "Changes a film or a sound.")
    judge.insert("-nostdin", "-protocol_whitelist", "file,pipe", "-format_whitelist", _DEMUXERS)


def _film_facts(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A list of films could name other files and addresses."""
    judge.insert("-protocol_whitelist", "file,pipe", "-format_whitelist", _DEMUXERS)


def _page(judge: "CommandJudge", value: str) -> None:
    """A page that lies here; what has no slash and no such ending would be looked for on the internet."""
    if re.fullmatch(r"(?:[\w ./-]*/)?[\w. *-]+\.html?", value, re.IGNORECASE) is None:
        judge.unknown("page.name", f"“{value[:80]}” is not the plain name of a page.")
    KINDS["read"](judge, value)


def _local_page(judge: "CommandJudge", value: str) -> None:
    """What a browser does not find here it takes for an address: no folder may look like a domain."""
    if re.fullmatch(r"/?(?:[\w -]+/)*[\w -][\w. -]*\.x?html?", value, re.IGNORECASE) is None:
        judge.verdict.note(
            Tier.RED,
            "page.name",
            f"“{value[:80]}” is not the plain name of a page.",
            external=True,
            unknown=True,
        )
    KINDS["read"](judge, value)


def _page_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Nothing else may come into the document: no file that the page names, and no script."""
    if len(reading.positionals) < 2:
        judge.unknown("page.target", "It is not clear which document is meant.")
    judge.insert("--disable-local-file-access", "--disable-javascript", "--disable-external-links")


def _pdf_images(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not reading.has("-list"):
        judge.verdict.note(Tier.YELLOW, "pdfimages.write", "Takes the pictures out of a document.")
        if len(reading.positionals) != 2:
            judge.unknown("pdfimages.target", "It is not clear where the pictures go.")


def _jpeg_define(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"jpeg:(?:extent=\d+[kKmM]?[bB]|size=\d+x\d+|dct-method=float)", value) is None:
        judge.unknown("picture.define", f"What “{value[:40]}” does here is not known.")


KINDS.update(
    {
        "identifyformat": choice("identifyformat", r"(?s)[^@].*"),
        "page": _page,
        "localpage": _local_page,
        "jpegdefine": _jpeg_define,
        "picture": _picture,
        "pictureformat": _picture_format,
        "picturefolder": _picture_folder,
        "pictureout": _picture_target,
        "stylein": _style_sheet,
        "soundin": _sound_source,
        "soundout": _sound_target,
        "picturecolour": _colour,
        "geometry": _geometry,
        "pandocstyle": _style,
        "filmin": _film_source,
        "filmout": _film_target,
        "filmword": _film_word,
        "filmfilter": _film_filter,
    }
)


def _identified(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    By the end of its name a file is a picture, or a script that ImageMagick does as it says (``.msl``).

    Of names that are found while it runs, what they were looked for by says how they end.
    """
    REVIEWS["media"](judge, profile, reading)
    looked_for = any(_PICTURE_ENDING.fullmatch(word) for word in judge.listing)
    for name in reading.positionals:
        if _DRAWING_ENDING.fullmatch(name) is not None:
            _note_taking_in(judge, name)
        elif looked_for and name.endswith("/found"):
            continue
        elif name != "-" and _PICTURE_ENDING.fullmatch(name) is None:
            judge.unknown("picture.name", f"“{name[:80]}” is not the name of a picture.")
        note_drawn(judge, name)


def _note_taking_in(judge: "CommandJudge", name: str) -> None:
    """Note a drawing that may bring in other files, or that nobody sees before it is read."""
    place = judge.places.resolve(name)
    if judge.is_in_container:
        return
    try:
        with open(place.path, "rb") as file:
            content = file.read(_MOST_OF_A_DRAWING + 1)
    except FileNotFoundError:
        content = b""
    except OSError:
        content = b"\0"
    if (
        place.path in judge.places.spelled
        or len(content) > _MOST_OF_A_DRAWING
        or _TAKING_IN.search(content) is not None
    ):
        judge.unknown("picture.content", f"{name[:80]} may be a drawing that takes in other files.")


REVIEWS.update(
    {
        "identified": _identified,
        "page": _page_review,
        "pdfimages": _pdf_images,
        "pandoc": _document,
        "pictures": _pictures,
        "sass": _style_sheets,
        "film": _film,
        "filmfacts": _film_facts,
    }
)
