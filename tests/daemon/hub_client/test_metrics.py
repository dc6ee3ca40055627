from pathlib import Path

from tenant_daemon.hub_client.metrics import MetricsReader


def _proc(folder: Path, *, idle: int, busy: int) -> None:
    (folder / "stat").write_text(f"cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 1 1 1\n")
    (folder / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 400 kB\n")


def test_load_is_the_mean_since_the_last_look(tmp_path: Path) -> None:
    _proc(tmp_path, idle=100, busy=100)
    reader = MetricsReader(tmp_path, proc=tmp_path)
    first = reader.read()
    assert first.cpu_percent is None
    assert (first.memory_used_bytes, first.memory_total_bytes) == (600 * 1024, 1000 * 1024)
    assert first.disk_used_bytes is not None
    assert first.disk_total_bytes is not None
    assert 0 < first.disk_used_bytes < first.disk_total_bytes
    _proc(tmp_path, idle=175, busy=125)
    assert reader.read().cpu_percent == 25.0


def test_kernel_that_tells_nothing(tmp_path: Path) -> None:
    figures = MetricsReader(tmp_path, proc=tmp_path).read()
    assert (figures.cpu_percent, figures.memory_total_bytes) == (None, None)
