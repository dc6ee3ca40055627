"""Removing what OpenClaw keeps of deleted sessions, and nothing else."""

from pathlib import Path

from tenant_daemon.openclaw.transcripts import remove_transcripts


def test_only_copies_of_deleted_sessions_go(tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    copy = sessions / "a.jsonl.deleted.2026.zst"
    others = [sessions / "a.jsonl", tmp_path / "b.jsonl.deleted.2026.zst"]
    for path in (copy, *others):
        path.write_text("said")
    link = sessions / "c.jsonl.deleted.2026.zst"
    link.symlink_to(others[0])
    remove_transcripts(map(str, (copy, *others, link, sessions / "gone.jsonl.deleted.1")))
    assert not copy.exists()
    assert all(path.exists() for path in (*others, link))
