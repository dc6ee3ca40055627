from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.hub_client.applied_config import AppliedConfig, ConfigRefused


def _config(version: int, *names: str) -> TenantConfig:
    return TenantConfig(version=version, agents=[AgentConfig(agent_id=name, name=name) for name in names])


def test_newer_configuration_is_in_force_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    held = AppliedConfig(path)
    assert (held.current, held.version) == (None, 0)
    assert held.apply(_config(0, "sales"))
    assert held.apply(_config(2, "it-admin"))
    assert not held.apply(_config(2, "sales"))
    assert not held.apply(_config(1, "sales"))
    assert AppliedConfig(path).current == held.current == _config(2, "it-admin")
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["config.json"]


def test_last_good_one_stays_when_the_new_one_cannot_be_used(tmp_path: Path) -> None:
    held = AppliedConfig(tmp_path / "config.json")
    held.apply(_config(1, "sales"))
    with pytest.raises(ConfigRefused, match="sales"):
        held.apply(_config(2, "sales", "it-admin", "sales"))
    assert held.current == _config(1, "sales")


def test_damaged_file_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{")
    assert AppliedConfig(path).current is None
