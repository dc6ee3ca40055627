"""No secret stands in arguments that other users of the server could read."""

import asyncio
import shlex
from pathlib import Path

import pytest

from tenant_daemon.execution import ActionFailed
from tenant_daemon.execution.hidden_arguments import hides_processes, with_hidden_values
from tenant_daemon.policy.actions import Command

SECRET = 'quartz "lamp" \\42'
REFERENCE = "SECRET_REF(shop-key)"


def resolve(text: str) -> str:
    return text.replace(REFERENCE, SECRET)


@pytest.mark.parametrize(
    ("line", "argv", "variable"),
    [
        ("mysql -u root -pSECRET_REF(shop-key) -e 'select 1'", "mysql -u root -e 'select 1'", "MYSQL_PWD"),
        ("mysqldump --password=SECRET_REF(shop-key) shop", "mysqldump shop", "MYSQL_PWD"),
        ("redis-cli -a SECRET_REF(shop-key) info", "redis-cli info", "REDISCLI_AUTH"),
        ("psql postgresql://app:SECRET_REF(shop-key)@db/shop", "psql postgresql://app@db/shop", "PGPASSWORD"),
        ("sshpass -p SECRET_REF(shop-key) ssh host ls", "sshpass -e ssh host ls", "SSHPASS"),
    ],
)
def test_password_goes_into_the_environment(line: str, argv: str, variable: str) -> None:
    command = with_hidden_values(Command(_words(line)), resolve)

    assert command.argv == tuple(shlex.split(argv))
    assert command.env == ((variable, SECRET),)


def test_openssl_is_told_a_variable() -> None:
    command = with_hidden_values(Command(("openssl", "enc", "-pass", f"pass:{REFERENCE}")), resolve)

    assert command.argv == ("openssl", "enc", "-pass", "env:LETSBE_PASS_0")
    assert command.env == (("LETSBE_PASS_0", SECRET),)


async def test_curl_reads_what_is_secret_from_its_input() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    command = with_hidden_values(
        Command(("curl", "-s", "-H", f"X-Key: {REFERENCE}", "-H", "X-Plain: yes", url)), resolve
    )
    assert command.stdin_text is not None
    assert not any("quartz" in word for word in command.argv)
    program = await asyncio.create_subprocess_exec(*command.argv, stdin=asyncio.subprocess.PIPE)
    await program.communicate(command.stdin_text.encode())
    server.close()

    assert f"X-Key: {SECRET}\r\n".encode() in heard[0]
    assert b"X-Plain: yes\r\n" in heard[0]


def test_what_is_printed_never_is_an_argument() -> None:
    command = with_hidden_values(Command(("echo", "key:", REFERENCE)), resolve)

    assert (command.argv, command.stdin_text) == (("cat",), f"key: {SECRET}\n")


@pytest.mark.parametrize(
    "argv",
    [
        ("touch", REFERENCE),
        ("curl", "-K", "-", "-H", REFERENCE),
        ("curl", "--proxy", f"http://u:{REFERENCE}@h"),
        ("echo", "-e", REFERENCE),
    ],
)
def test_otherwise_it_is_refused_with_another_way(argv: tuple[str, ...]) -> None:
    assert not hides_processes()
    with pytest.raises(ActionFailed, match="variable in front of the command") as refused:
        with_hidden_values(Command(argv), resolve)
    assert "quartz" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "hides"), [("rw,nosuid,hidepid=2", True), ("rw,hidepid=invisible", True), ("rw", False)]
)
def test_server_that_hides_processes_is_known(tmp_path: Path, options: str, hides: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"sysfs /sys sysfs rw 0 0\nproc /proc proc {options} 0 0\n")

    assert hides_processes(mounts) is hides


def _words(line: str) -> tuple[str, ...]:
    """``shlex`` takes brackets as they are."""
    return tuple(shlex.split(line))
