"""
What a chat sends to a model: prose, commands, and whatever tools return.

Every body is made anew, from a seed of the process, so nothing is measured that a memory made fast.
"""

import json
import random
import string
from collections.abc import Callable
from functools import cache
from pathlib import Path

Body = dict[str, object]

SOURCE = random.Random(4711)
_WORDS = ["".join(SOURCE.choices(string.ascii_lowercase, k=SOURCE.randrange(2, 10))) for _ in range(4000)]
_PROJECT = ("tenant_daemon/**/*.py", "letsbe_app/**/*.py", "docs/**/*.md", "*.md", "*.toml")


def mixed(size: int) -> Body:
    """A conversation of about ``size`` bytes: prose, commands, JSON and listings that tools returned."""
    messages: list[dict[str, object]] = [{"role": "system", "content": prose(size // 10)}]
    total = size // 10
    while total < size:
        output = SOURCE.choice((_listing, prose, _records))(min(3_000, size // 4))
        turn = [*_call(f"ls -la {_path()}", output), {"role": "assistant", "content": prose(500)}]
        messages += ({"role": "user", "content": prose(300)}, *turn)
        total += 1_000 + len(output)
    return _body(messages)


def project_files(size: int) -> Body:
    """What tools return when an agent works on a project: the files of this one."""
    return _tool_results(size, lambda room: SOURCE.choice(_files())[:room])


def transcript(size: int) -> Body:
    """An agent at work in a shell: histories, changes, listings, searches, tests and failures."""
    kinds = (_history, _diff, _listing, _search, _processes, _traceback)
    return _tool_results(size, lambda room: SOURCE.choice(kinds)(min(room, SOURCE.randrange(400, 6_000))))


def api_dumps(size: int) -> Body:
    """What web services answer: objects with ids, addresses, dates, amounts and texts."""
    return _tool_results(size, lambda room: _answer(min(room, SOURCE.randrange(1_000, 9_000))))


def logs(size: int) -> Body:
    """Log files: of a web server, of a program, and as JSON lines."""
    kinds = (_access_line, _program_line, _json_line)

    def log(room: int) -> str:
        line = SOURCE.choice(kinds)
        return "\n".join(line() for _ in range(min(room, SOURCE.randrange(1_000, 9_000)) // 130 + 1))

    return _tool_results(size, log)


def prose(size: int) -> str:
    """Words of no language."""
    return " ".join(SOURCE.choices(_WORDS, k=max(1, size // 6)))


def messages_of(body: Body) -> list[dict[str, object]]:
    """The messages of a body, to be changed in place."""
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages


def _body(messages: list[dict[str, object]]) -> Body:
    return {"model": "m", "messages": messages, "stream": True}


def _tool_results(size: int, output: Callable[[int], str]) -> Body:
    messages: list[dict[str, object]] = [{"role": "system", "content": prose(size // 20)}]
    total = size // 20
    while total < size:
        content = output(max(400, size // 4))
        messages += ({"role": "user", "content": prose(200)}, *_call(f"cat {_path()}", content))
        total += 350 + len(content)
    return _body(messages)


def _call(command: str, output: str) -> list[dict[str, object]]:
    identifier = f"call_{SOURCE.getrandbits(64):x}"
    function = {"name": "shell", "arguments": json.dumps({"command": command})}
    call = {"id": identifier, "type": "function", "function": function}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": identifier, "content": output},
    ]


def _word() -> str:
    return SOURCE.choice(_WORDS)


def _hex(digits: int) -> str:
    return f"{SOURCE.getrandbits(4 * digits):0{digits}x}"


def _path() -> str:
    return "/srv/" + "/".join(SOURCE.choices(_WORDS, k=3))


def _moment() -> str:
    clock = f"{SOURCE.randrange(24):02}:{SOURCE.randrange(60):02}:{SOURCE.randrange(60):02}"
    return f"2026-11-{SOURCE.randrange(1, 29):02}T{clock}"


def _lines(size: int, length: int, line: Callable[[], str]) -> str:
    return "\n".join(line() for _ in range(max(1, size // length)))


def _listing(size: int) -> str:
    return _lines(
        size, 60, lambda: f"-rw-r--r-- 1 app app {SOURCE.randrange(10**8):>9} Nov 21 05:12 {_path()}"
    )


def _records(size: int) -> str:
    rows = [
        {"id": SOURCE.randrange(10**6), "name": prose(20), "sha": _hex(40), "path": _path()}
        for _ in range(size // 140)
    ]
    return json.dumps(rows)


def _history(size: int) -> str:
    def commit() -> str:
        author = f"{_word()} <{_word()}@example.org>"
        return f"commit {_hex(40)}\nAuthor: {author}\nDate:   {_moment()}\n\n    {prose(60)}\n"

    return _lines(size, 180, commit)


def _diff(size: int) -> str:
    file = SOURCE.choice(_files())
    start = SOURCE.randrange(max(1, len(file) - size))
    lines = [SOURCE.choice((" ", " ", "+", "-")) + line for line in file[start : start + size].split("\n")]
    name = f"{_word()}/{_word()}.py"
    head = f"diff --git a/{name} b/{name}\nindex {_hex(7)}..{_hex(7)} 100644\n@@ -12,9 +12,11 @@\n"
    return head + "\n".join(lines)


def _search(size: int) -> str:
    lines = [line for line in SOURCE.choice(_files()).split("\n") if line.strip()]
    return _lines(size, 70, lambda: f"{_path()[1:]}.py:{SOURCE.randrange(400)}:{SOURCE.choice(lines)}")


def _processes(size: int) -> str:
    def process() -> str:
        used = f"{SOURCE.randrange(99_999):>7}  0.{SOURCE.randrange(9)}  1.{SOURCE.randrange(9)}"
        return f"app  {used} ?  Ssl  05:12   0:03 /usr/bin/{_word()} --port {SOURCE.randrange(9_999)}"

    return _lines(size, 90, process)


def _traceback(size: int) -> str:
    def step() -> str:
        place = f'File "{_path()}.py", line {SOURCE.randrange(400)}, in {_word()}_{_word()}'
        return f"  {place}\n    {_word()}({_word()})"

    return "Traceback (most recent call last):\n" + _lines(size, 90, step)


def _answer(size: int) -> str:
    items = [_item() for _ in range(max(1, size // 420))]
    page = {"object": "list", "data": items, "has_more": True, "url": f"/v1/{_word()}"}
    return json.dumps(page, indent=SOURCE.choice((None, 2)))


def _item() -> dict[str, object]:
    uuid = f"{_hex(8)}-{_hex(4)}-4{_hex(3)}-a{_hex(3)}-{_hex(12)}"
    return {
        "id": uuid,
        "created_at": f"{_moment()}Z",
        "status": SOURCE.choice(("open", "paid", "void")),
        "amount": SOURCE.randrange(10**6),
        "rate": round(SOURCE.random(), 4),
        "customer": {"name": prose(14), "email": f"{_word()}.{_word()}@example.org", "vat": None},
        "links": {
            "self": f"https://api.example.org/v1/{_word()}/{uuid}",
            "image": f"https://img.example.org/{_hex(32)}.png",
        },
        "note": f"<p>{prose(60)} &amp; {_word()}</p>\n",
        "tags": SOURCE.choices(_WORDS, k=3),
        "etag": _hex(32),
    }


def _access_line() -> str:
    address = ".".join(str(SOURCE.randrange(256)) for _ in range(4))
    request = f"GET {_path()}?page={SOURCE.randrange(99)} HTTP/1.1"
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101"
    moment = f"21/Nov/2026:05:12:{SOURCE.randrange(60):02} +0000"
    return f'{address} - - [{moment}] "{request}" 200 {SOURCE.randrange(10**5)} "-" "{browser}"'


def _program_line() -> str:
    moment = _moment().replace("T", " ")
    return (
        f"{moment},{SOURCE.randrange(1000):03} INFO  [worker-{SOURCE.randrange(9)}] {_word()}.{_word()}:"
        f" {prose(40)} request={_hex(16)} took={SOURCE.randrange(900)}ms"
    )


def _json_line() -> str:
    return json.dumps(
        {
            "level": "info",
            "ts": f"{_moment()}.{SOURCE.randrange(1000):03}Z",
            "event": f"{_word()}.{_word()}",
            "trace_id": _hex(32),
            "span_id": _hex(16),
            "ms": SOURCE.randrange(900),
            "path": _path(),
        }
    )


@cache
def _files() -> list[str]:
    root = Path(__file__).parents[1]
    paths = [path for pattern in _PROJECT for path in sorted(root.glob(pattern))]
    return [path.read_text("utf-8") for path in paths if path.stat().st_size > 500]
