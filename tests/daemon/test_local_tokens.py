import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import LOCAL_TOKENS, local_token, token_path

_PRINT = """
import sys
from pathlib import Path
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
print(local_token(TenantHome(Path(sys.argv[1])), "wrapper"))
"""


def test_token_is_made_once_and_is_private(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    tokens = {name: local_token(home, name) for name in LOCAL_TOKENS}
    assert len(set(tokens.values())) == len(LOCAL_TOKENS)
    assert {name: local_token(home, name) for name in LOCAL_TOKENS} == tokens
    assert stat.S_IMODE(token_path(home, "proxy").stat().st_mode) == 0o600
    assert sorted(path.name for path in home.keys_dir.iterdir()) == [
        "feed.token",
        "gateway.token",
        "link.token",
        "proxy.token",
        "wrapper.token",
    ]


@pytest.mark.slow
def test_processes_that_start_together_get_the_same_token(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PRINT, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    tokens = {process.communicate(timeout=180)[0] for process in processes}
    assert len(tokens) == 1


def test_empty_token_is_refused(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.keys_dir.mkdir()
    token_path(home, "proxy").touch()
    with pytest.raises(ValueError, match="is empty"):
        local_token(home, "proxy")
