"""
Variables of a container that a shell in there fills in: ``sh -c 'mysql -p"$MYSQL_ROOT_PASSWORD" -e ...'``.

Database images hand over in such variables who signs in and how. Nobody here knows their values, and nobody
needs to: a name stands where a name belongs, and a password is given to the client, which shows it to nobody.
"""

import re
from typing import Final

_NAMES: Final = r"(?:POSTGRES|MYSQL|MARIADB)_(?:USER|DB|DATABASE)|PGUSER|PGDATABASE"
_PASSWORDS: Final = r"(?:MYSQL|MARIADB)(?:_ROOT)?_PASSWORD|POSTGRES_PASSWORD|REDIS_PASSWORD"
_ANY: Final = rf"(?:{_NAMES}|{_PASSWORDS})"
_KNOWN: Final = re.compile(rf"(?<![A-Za-z0-9_]){_ANY}(?![A-Za-z0-9_])")
_IS_NAME: Final = re.compile(_NAMES)
_PIECE: Final = re.compile(
    rf"(?P<use>(?P<quote>\")?\$(?P<brace>\{{)?(?P<name>{_ANY})(?(brace)\}})(?(quote)\")(?=[\s;&|)]|\Z))"
    r"|(?P<quoted>'[^']*'|\"(?:[^\"\\]|\\.)*\")|(?P<end>[;&|\n()]+)|[^'\"\\$;&|\n()]+|(?P<odd>.)",
    re.DOTALL,
)
_MYSQL: Final = r"(?:mysql|mariadb|mysqldump|mariadb-dump|mysqladmin|mariadb-admin|mysqlcheck|mysqlshow)"
_POSTGRES: Final = r"(?:psql|pg_dump|pg_isready|vacuumdb)"
# What a name may stand behind: a blank, or a flag that takes one.
_BEFORE_NAME: Final = re.compile(
    rf"\s*(?:{_MYSQL}|{_POSTGRES})\s(?:.*\s)?(?:-[UudD]|--(?:user|username|dbname|database)=)?", re.DOTALL
)
# Every word before it is known, so that the password is no other flag's value, which an error would show.
_BEFORE_PASSWORD: Final = re.compile(
    rf"(?P<client>\s*(?:{_MYSQL}(?:\s+(?:-[uh] ?[A-Za-z][\w.-]*|-D ?[A-Za-z]\w*|-P ?\d+|-[NBstE]+"
    r"|--(?:user|host|database)=\w[\w.-]*|--(?:batch|silent|table|skip-column-names|single-transaction|quick|no-data)"
    r"|[A-Za-z]\w*))*\s+(?=-p|--password)"
    r"|(?:redis|valkey)-cli(?:\s+(?:-h [A-Za-z][\w.-]*|-[np] \d+|--no-auth-warning))*\s+(?=-a\s)))"
    r"(?:-p|--password=|-a\s+)"
)
_ASSIGNED: Final = re.compile(r"\s*(?:PGPASSWORD|MYSQL_PWD)=")
_CLIENT: Final = re.compile(rf"\s+(?:{_MYSQL}|{_POSTGRES})\s")
_STANDING: Final = "app"
_MOST_READ: Final = 2_048
_MOST_USED: Final = 6


def without_variables(text: str) -> str:
    """
    A shell's text with plain names in place of the database images' own variables, and without passwords.

    Where a variable stands anywhere else, or the text sets one itself, it stays as it is, and a shell's text
    with variables is refused.
    """
    if len(text) > _MOST_READ or not 0 < len(_KNOWN.findall(text)) <= _MOST_USED:
        return text
    built: list[str] = []
    command = ""
    for found in _PIECE.finditer(text):
        piece = found[0]
        if found["odd"] is not None or (found["use"] is None and _KNOWN.search(piece) is not None):
            return text
        if found["end"] is not None:
            built.append(command + piece)
            command = ""
        elif found["use"] is None:
            command += piece
        elif _IS_NAME.fullmatch(found["name"]) is not None and _BEFORE_NAME.fullmatch(command) is not None:
            command += _STANDING
        elif (before := _BEFORE_PASSWORD.fullmatch(command)) is not None:
            command = before["client"].rstrip()
        elif _ASSIGNED.fullmatch(command) is not None and _CLIENT.match(text, found.end()) is not None:
            command = ""
        else:
            return text
    return "".join((*built, command))
