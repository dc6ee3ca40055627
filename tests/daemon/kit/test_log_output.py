"""A log on a disk that takes no more."""

import contextlib
import io

import pytest

from tenant_daemon.kit.log_output import LogOutput


def test_what_cannot_be_written_is_lost_and_ends_nothing() -> None:
    written: list[int] = []
    # What it could not write it tries once more when it is closed.
    with contextlib.suppress(OSError), open("/dev/full", "w", buffering=1) as full:
        with pytest.raises(OSError, match="No space left"):
            full.write("a line\n")
        output = LogOutput(full)
        for _ in range(3):
            written.append(output.write("a line\n"))
            output.flush()
    assert written == [0, 0, 0]


def test_a_stream_that_is_closed_ends_nothing_either() -> None:
    stream = io.StringIO()
    output = LogOutput(stream)
    assert output.write("before\n") == 7
    assert stream.getvalue() == "before\n"
    stream.close()
    assert output.write("after\n") == 0
    output.flush()
