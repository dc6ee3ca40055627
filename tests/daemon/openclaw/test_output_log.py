"""The log of what OpenClaw prints."""

import asyncio
import stat
from pathlib import Path

from tenant_daemon.openclaw.output_log import OutputLog


async def test_output_is_copied_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "logs/openclaw.log"
    stream = asyncio.StreamReader()
    stream.feed_data(b"one\n")
    stream.feed_data(b"two\n")
    stream.feed_eof()
    await OutputLog(path).copy(stream)
    content = await asyncio.to_thread(path.read_bytes)
    assert content == b"one\ntwo\n"
    assert stat.S_IMODE((await asyncio.to_thread(path.stat)).st_mode) == 0o600


def test_a_full_log_becomes_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "openclaw.log"
    log = OutputLog(path, max_bytes=10)
    for chunk in (b"0123456789", b"new"):
        log.append(chunk)
    assert path.read_bytes() == b"new"
    assert (tmp_path / "openclaw.log.1").read_bytes() == b"0123456789"
