"""Archives of several files."""

import base64
import io
import time
import zipfile
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, unpack

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
CONFIG = f"APP_ENV=production\nAPP_SECRET={SECRET}\nAPP_ENV_NAME=production\n" * 2


class _Pipe(io.BytesIO):
    """What cannot be gone back in, so that sizes come behind the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise io.UnsupportedOperation


def _zipped(into: io.BytesIO, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(into, "w", method) as archive:
        archive.writestr("a/readme.txt", "Nothing to see here. " * 9)
        archive.writestr(".env", CONFIG)
    return into.getvalue()


@pytest.mark.parametrize("make", [io.BytesIO, _Pipe])
@pytest.mark.parametrize(
    "show",
    [
        lambda raw: base64.b64encode(raw).decode(),
        lambda raw: base64.encodebytes(raw).decode(),
        lambda raw: base64.b64encode(raw[:-60]).decode(),
        lambda raw: raw.hex(),
        lambda raw: "data:application/x;base64," + base64.b64encode(raw).decode(),
    ],
)
def test_zip_is_read(make: Callable[[], io.BytesIO], show: Callable[[bytes], str]) -> None:
    text = REDACTOR.redact(f"see\n{show(_zipped(make()))}\nok")
    assert "SECRET_REF(key)" in text
    assert text.startswith("see\n")


def test_all_files_of_a_zip_are_read() -> None:
    archive = unpack(_zipped(_Pipe()))
    assert archive
    assert archive.content == ("Nothing to see here. " * 9 + CONFIG).encode()


def test_heads_without_files_cost_no_more_than_their_length() -> None:
    head = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(20)
    started = time.process_time()
    unpack((head + b"\x03\x00") * (UNPACKED_LIMIT // 32))
    assert time.process_time() - started < 2
