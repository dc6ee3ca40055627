import asyncio
from pathlib import Path

from tenant_daemon.kit.process_log import ProcessLog


def _reader(data: bytes, limit: int = 65_536) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=limit)
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def test_every_line_is_cleaned(tmp_path: Path) -> None:
    log = ProcessLog(tmp_path / "a.log", lambda line: line.replace("secret", "***"))
    await log.copy(_reader(b"one secret\ntwo\nlast secret"))
    assert (tmp_path / "a.log").read_text() == "one ***\ntwo\nlast ***\n"
    assert (tmp_path / "a.log").stat().st_mode & 0o077 == 0


async def test_lines_are_withheld_while_they_cannot_be_cleaned(tmp_path: Path) -> None:
    def fail(_line: str) -> str:
        raise OSError("no vault")

    await ProcessLog(tmp_path / "a.log", fail).copy(_reader(b"secret\n"))
    assert (tmp_path / "a.log").read_text() == "[a line was withheld: OSError]\n"


async def test_full_file_is_put_aside(tmp_path: Path) -> None:
    log = ProcessLog(tmp_path / "a.log", str, max_bytes=10)
    await log.copy(_reader(b"first line\nsecond line\nthird\n"))
    assert (tmp_path / "a.log").read_text() == "third\n"
    assert (tmp_path / "a.log.1").read_text() == "second line\n"


async def test_what_cannot_be_written_holds_nobody_up(tmp_path: Path) -> None:
    place = tmp_path / "a.log"
    place.mkdir()
    reader = _reader(b"one\ntwo\n")
    await ProcessLog(place, str).copy(reader)
    assert reader.at_eof()
    place.rmdir()
    ProcessLog(place, str).append("three\n")
    assert place.read_text() == "three\n"


async def test_endless_line_is_written_in_parts(tmp_path: Path) -> None:
    log = ProcessLog(tmp_path / "a.log", str)
    await log.copy(_reader(b"x" * 1000 + b"\nend\n", limit=100))
    assert (tmp_path / "a.log").read_text().replace("\n", "") == "x" * 1000 + "end"
