"""OpenClaw's files on disk."""

import json
import stat
from pathlib import Path

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.openclaw.paths import config_file, persona_dir, texts_stamp
from tenant_daemon.openclaw.setup import write_files
from tests.support.openclaw import make_config, make_home, make_settings

IDA = AgentConfig(agent_id="it-admin", name="Ida", tools=["shell"], soul_md="# Ida\nCalm.\n")
MIA = AgentConfig(agent_id="marketing", name="Mia", tools=["http"])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_written_for_this_user_alone(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert write_files(home, make_settings(), make_config(IDA)) is True
    persona = persona_dir(home, "it-admin")
    assert (persona / "SOUL.md").read_text() == "# Ida\nCalm.\n"
    assert "House rules" in (persona / "AGENTS.md").read_text()
    files = [path for path in home.openclaw_dir.rglob("*") if path.is_file()]
    assert {mode(path) for path in files} == {0o600}
    assert mode(persona) == mode(home.workspace("it-admin")) == 0o700
    assert json.loads(config_file(home).read_text())["gateway"]["bind"] == "loopback"


def test_a_changed_character_needs_no_restart(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    write_files(home, make_settings(), make_config(IDA))
    changed = IDA.model_copy(update={"soul_md": "Bold.\n"})
    before = texts_stamp(home).read_text()
    assert write_files(home, make_settings(), make_config(changed)) is False
    assert (persona_dir(home, "it-admin") / "SOUL.md").read_text() == "Bold.\n"
    assert texts_stamp(home).read_text() != before


def test_a_new_name_cuts_off_nobody(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    write_files(home, make_settings(), make_config(IDA, MIA))
    renamed = IDA.model_copy(update={"name": "Ida Brandt", "soul_md": ""})
    assert write_files(home, make_settings(), make_config(renamed, MIA)) is False
    persona = persona_dir(home, "it-admin")
    assert "Ida Brandt" in (persona / "IDENTITY.md").read_text()
    assert (persona / "SOUL.md").read_text() == "You are Ida Brandt.\n"


def test_changed_tools_need_a_restart(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    write_files(home, make_settings(), make_config(IDA))
    changed = IDA.model_copy(update={"tools": ["shell", "docker"]})
    assert write_files(home, make_settings(), make_config(changed)) is True


def test_an_agent_that_is_gone_leaves_its_files_but_no_instructions(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    write_files(home, make_settings(), make_config(IDA, MIA))
    (home.workspace("marketing") / "draft.md").write_text("x")
    write_files(home, make_settings(), make_config(IDA))
    assert not persona_dir(home, "marketing").exists()
    assert (home.workspace("marketing") / "draft.md").exists()
