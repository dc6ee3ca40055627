"""
The daemon's databases and files without waiting for the disk, in the process of the tests.

Each commit and each atomic write syncs, and tests make tens of thousands. What is written, by whom and in
which order stays as it is; processes that a test starts are not touched.
"""

import os

import pytest

from tenant_daemon.kit.database import Database


def forget_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the end of the test."""
    monkeypatch.setattr(Database, "_synchronous", "OFF")
    monkeypatch.setattr(os, "fsync", lambda _file: None)
