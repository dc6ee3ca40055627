"""Paths and addresses that look like one place and are another: denied, or kept inside the workspace."""

import os
import shlex
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision
from tenant_daemon.policy import Judgement, PolicyContext, classify, decide

PATHS = [
    "../../keys/vault.key",
    "../sales/a.txt",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/../etc/shadow",
    "out/shadow",
    "key",
    "up/sales/a.txt",
    "up",
    "chain/keys/vault.key",
    "proc/etc/passwd",
    "hard",
    "pipe",
    "loop",
    "dangling",
    "sub/../../../keys/vault.key",
    "./sub/../../sales/a.txt",
    "notes.txt/../../../keys/vault.key",
    "/proc/self/environ",
    "/proc/self/root/etc/passwd",
    "/proc/1/root",
    "/proc/self/cwd/../../keys/vault.key",
    "/proc/self/fd/0",
    "/proc/thread-self/root/etc/passwd",
    "/dev/sda",
    "/dev/mem",
    "/dev/tty",
    "/sys/kernel/x",
    "/dev/fd/0",
    "/dev/stdin",
    "~/.ssh/id_rsa",
    "~root/x",
    "~",
    "$HOME/x",
    "%2e%2e/%2e%2e/keys/vault.key",
    "..%2f..%2fkeys",
    "..\\..\\keys",
    "file:///etc/passwd",
    "http://x/y",
    "\u202enotes.txt",
    "notes\u200b.txt",
    "..\uff0f..\uff0fkeys",
    "\uff0e\uff0e/\uff0e\uff0e/keys/vault.key",
    "..\u2215..\u2215keys",
    "..\u2044keys",
    "notes.txt\0.png",
    " ../../keys",
    "/root/.bashrc",
    "/var/lib/docker/x",
    "/var/log/../lib/docker",
    "/opt/letsbe/x",
    ".env",
    "id_rsa",
    "server.key",
    "SECRET_REF(x)",
    "/tmp/x",
    "//etc//shadow",
    "/./etc/./shadow",
    "///proc///self///environ",
    "ghost-env",
]
ADDRESSES = [
    "http://evil.example/",
    "https://evil.example:443/",
    "http://127.0.0.1:8200/",
    "http://127.0.0.1/",
    "http://127.0.0.1:2369/",
    "http://127.1:2368/",
    "http://0x7f.0.0.1:2368/",
    "http://0177.0.0.1:2368/",
    "http://2130706433:2368/",
    "http://127.0.0.1.:2368/",
    "http://127.0.0.1:02368/",
    "http://127.0.0.1:2368@evil.example/",
    "http://evil.example@127.0.0.1:2368/",
    "http://127.0.0.1:2368\\@evil.example/",
    "http://[::ffff:127.0.0.1]:2368/",
    "http://[::]:2368/",
    "http://[0:0:0:0:0:0:0:1]:8200/",
    "http://0.0.0.0:2368/",
    "http://169.254.169.254/",
    "http://[fe80::1]/",
    "http://[64:ff9b::7f00:1]:2368/",
    "https://rebind.example/",
    "http://tools.example.com/",
    "https://tools.example.com:444/",
    "https://tools.example.com.evil.example/",
    "https://tools.example.com@evil.example/",
    "https://evil.example#tools.example.com",
    "https://evil.example?tools.example.com",
    "https://tools.example.com%2eevil.example/",
    "https://tools.example.com%00.evil.example/",
    "https://tools%2eexample%2ecom/",
    "https://t\u043eols.example.com/",
    "https://tools\u3002example\u3002com/",
    "https://\u24e3ools.example.com/",
    "ftp://127.0.0.1:2368/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:2368/",
    "//127.0.0.1:2368/",
    "http:///127.0.0.1:2368/",
    "http://127.0.0.1:2368/../../admin",
    "http://127.0.0.1:2368/%2e%2e/x",
    "http://127.0.0.1:2368/%252e%252e/x",
    "http://127.0.0.1:2368/a/..;/admin",
    "http://127.0.0.1:2368/a\\..\\b",
    "http://127.0.0.1:2368/ x",
    "http://127.0.0.1:2368/%0d%0aHost:%20evil",
    "http://127.0.0.1:2368/SECRET_REF(x)",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:2368:80/",
    "http://ghost.internal:2369/",
    "http://GHOST.internal:22/",
    "http://[::1%25eth0]:2368/",
    "http://[::1]:2369/",
]


@pytest.fixture
def server(context: PolicyContext, tmp_path: Path) -> PolicyContext:
    """A workspace full of links, and a name that points into the private network."""
    workspace, home = context.workspace, context.workspace.parent.parent
    apps = tmp_path.resolve() / "apps"
    (apps / "ghost").mkdir(parents=True)
    (apps / "ghost" / ".env").write_text("A=b")
    (home / "keys").mkdir()
    (home / "keys" / "vault.key").write_text("x")
    (home / "workspaces" / "sales").mkdir()
    (workspace / "notes.txt").write_text("x")
    (workspace / "sub").mkdir()
    links = {
        "out": "/etc", "key": str(home / "keys" / "vault.key"), "up": "..", "chain": "up/up", "loop": "loop",
        "proc": "/proc/self/root", "dangling": "/etc/nope", "ghost-env": str(apps / "ghost" / ".env"),
    }  # fmt: skip
    for name, target in links.items():
        (workspace / name).symlink_to(target)
    os.mkfifo(workspace / "pipe")
    os.link(home / "keys" / "vault.key", workspace / "hard")
    names = {
        "ghost.internal": ("172.18.0.5",),
        "tools.example.com": ("93.184.216.34",),
        "rebind.example": ("10.0.0.5",),
    }
    return PolicyContext(
        workspace=workspace,
        readable_roots=(apps,),
        protected_roots=(home,),
        allowed_hosts=frozenset(
            {
                "127.0.0.1:2368",
                "ghost.internal:2368",
                "tools.example.com:443",
                "rebind.example:443",
                "[::1]:2368",
            }
        ),
        internal_names=frozenset({"ghost.internal"}),
        resolve=names.get,  # type: ignore[arg-type]
    )


def runs(judgement: Judgement, tool: str) -> bool:
    agent = AgentConfig(agent_id="a", name="A", tools=[tool], level=AutonomyLevel.FULL_AUTONOMY)
    return decide(judgement, agent, tool_name=tool, is_server_stopped=False).decision is Decision.RUN


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_nowhere_else(path: str, server: PolicyContext) -> None:
    for tool, args in (
        ("file_read", {"path": path}),
        ("file_write", {"path": path, "content": "x"}),
    ):
        judgement = classify(tool, args, server)
        if runs(judgement, tool):
            # A name that only looks like a way out is an odd name in the workspace.
            opened = judgement.action.path  # type: ignore[union-attr]
            assert opened.is_relative_to(server.workspace)
            assert not opened.is_symlink()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_leads_nowhere_else(address: str, server: PolicyContext) -> None:
    for method in ("GET", "POST"):
        assert not runs(classify("http", {"method": method, "url": address}, server), "http")
    command = f"curl -s {shlex.quote(address)}"
    assert not runs(classify("shell", {"command": command}, server), "shell")


def test_plain_paths_and_addresses_pass(server: PolicyContext) -> None:
    for tool, args in (
        *[
            ("file_read", {"path": path})
            for path in ("notes.txt", "./notes.txt", "sub/../notes.txt", "new.txt", "..a")
        ],
        *[
            ("file_write", {"path": path, "content": "x"})
            for path in ("a/b/c.txt", "café.txt", "a b.txt", "run.sh")
        ],
        *[("file_list", {"path": path}) for path in (".", "sub", "/var/log")],
        *[
            ("http", {"method": "GET", "url": url})
            for url in (
                "http://127.0.0.1:2368/a?b=c",
                "http://ghost.internal:2368/",
                "https://TOOLS.example.com/x",
                "http://[::1]:2368/",
                "http://127.0.0.1:2368/a%20b",
            )
        ],
        ("shell", {"command": "curl -s https://tools.example.com/status"}),
    ):
        assert runs(classify(tool, args, server), tool), args


def test_curl_connects_to_what_was_looked_up(server: PolicyContext) -> None:
    action = classify("shell", {"command": "timeout 5 curl -s https://tools.example.com/a"}, server).action
    assert action.pipelines[0][0].argv == (  # type: ignore[union-attr]
        *("timeout", "5", "curl", "--resolve", "tools.example.com:443:93.184.216.34"),
        *("-s", "https://tools.example.com/a"),
    )
