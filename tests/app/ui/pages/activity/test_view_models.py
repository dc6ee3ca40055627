"""Acts as rows of the log."""

from datetime import UTC, datetime

import pytest

from letsbe_app.people.audit.activity import Activity
from letsbe_app.ui.pages.activity.view_models import activity_row


def act(action: str, subject: str = "", about: str = "") -> Activity:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Activity("aud_1", "person", "ada@bakery.example", action, subject, "", about, at)


@pytest.mark.parametrize(
    ("action", "subject", "link"),
    [
        ("approval.decided", "apr_1", "/portal/approvals#apr_1"),
        ("agent.changed", "sales", "/portal/agents/sales"),
        ("agent.removed", "sales", ""),
        ("secret.replace", "sec_1", "/portal/secrets"),
        ("secret.delete", "sec_1", ""),
        ("change.settled", "chg_1", "/portal/changes"),
        ("account.signed_in", "usr_1", ""),
        ("approval.decided", "", ""),
    ],
)
def test_an_act_leads_to_where_more_is_seen(action: str, subject: str, link: str) -> None:
    assert activity_row(act(action, subject)).link == link


def test_a_secret_is_told_by_its_name_and_a_page_by_its_place() -> None:
    assert (
        activity_row(act("secret.replace_asked", "sec_1", "mail-key")).told == "replaced a secret: mail-key"
    )
    assert activity_row(act("support.looked", "", "/portal/usage")).told == "looked at /portal/usage"
