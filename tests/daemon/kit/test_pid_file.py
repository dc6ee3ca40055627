import os
import signal
from pathlib import Path

import pytest

from tenant_daemon.kit.pid_file import AlreadyRunning, hold_pid_file, running_pid, signal_holder


def test_only_one_process_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "daemon.pid"
    with hold_pid_file(path):
        assert running_pid(path) == os.getpid()
        with pytest.raises(AlreadyRunning), hold_pid_file(path):
            pass
    assert running_pid(path) is None


def test_number_of_a_dead_process_is_nobody(tmp_path: Path) -> None:
    path = tmp_path / "daemon.pid"
    path.write_text(f"{os.getpid()}\n")
    assert running_pid(path) is None
    assert not signal_holder(path, signal.SIGTERM)
    assert not signal_holder(tmp_path / "none", signal.SIGTERM)
