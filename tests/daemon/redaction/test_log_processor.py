"""The door of the logs."""

from enum import StrEnum

from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.log_processor import RedactLogs


class FakeVault:
    is_locked = False

    def version(self) -> int:
        return 1

    def known_secrets(self) -> list[tuple[str, str]]:
        if self.is_locked:
            raise OSError("locked")
        return [("key", "kV9mQ2xLp7zR4wT8")]


def test_every_value_of_an_event_is_redacted() -> None:
    event = {
        "event": "x.failed kV9mQ2xLp7zR4wT8",
        "error": ValueError("bad kV9mQ2xLp7zR4wT8"),
        "deep": {"list": ["kV9mQ2xLp7zR4wT8"], "count": 3},
    }
    assert RedactLogs(LiveRedactor(FakeVault()))(None, "info", event) == {
        "event": "x.failed SECRET_REF(key)",
        "error": "bad SECRET_REF(key)",
        "deep": {"list": ["SECRET_REF(key)"], "count": 3},
    }


class Outcome(StrEnum):
    COMPLETED = "completed"
    LEAKED = "kV9mQ2xLp7zR4wT8"


def test_members_of_enumerations_are_texts() -> None:
    for _once_more in range(2):
        event = {"event": "run.finished", "outcome": Outcome.COMPLETED, "all": [Outcome.LEAKED]}
        assert RedactLogs(LiveRedactor(FakeVault()))(None, "info", event) == {
            "event": "run.finished",
            "outcome": "completed",
            "all": ["SECRET_REF(key)"],
        }


def test_nothing_is_logged_that_could_not_be_redacted() -> None:
    vault = FakeVault()
    vault.is_locked = True
    event = RedactLogs(LiveRedactor(vault))(None, "info", {"event": "kV9mQ2xLp7zR4wT8", "level": "info"})
    assert event == {"event": "log.withheld", "level": "info", "reason": "OSError"}
