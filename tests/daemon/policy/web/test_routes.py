"""How an address is read: names that people gave say nothing, words say the same however they are joined."""

import pytest

from tenant_daemon.policy.web.route import read_route, split_words


@pytest.mark.parametrize(
    "name", ["inviteMember", "invite_member", "invite-member", "invite.member", "InviteMember"]
)
def test_words_are_the_same_however_they_are_joined(name: str) -> None:
    assert split_words(name) == "invite-member"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/remote.php/dav/files/anna/Users/send/x", "/remote-php/dav/files/anna/~"),
        ("/remote.php/dav/calendars/anna/outbox/", "/remote-php/dav/calendars/anna/outbox"),
        ("/api/v1/repos/acme/send-mail/issues", "/api/v1/repos/~/~/issues"),
        ("/api/v1/repos/migrate", "/api/v1/repos/migrate"),
        ("/api/v1/db/data/noco/p1/Settings/4", "/api/v1/db/data/noco/p1/~/4"),
        ("/api/v1/repos/a/b/contents/.gitea/workflows/x", "/api/v1/repos/~/~/contents/-gitea/workflows/x"),
        ("/api/trpc/viewer/bookings.confirm", "/api/trpc/viewer/bookings/confirm"),
    ],
)
def test_only_what_people_have_named_is_left_out(path: str, shown: str) -> None:
    assert read_route(path, "").paths[0] == shown


def test_capitals_hide_no_word() -> None:
    assert "/api/invites" in read_route("/api/inVites", "").paths


def test_the_other_door_of_wordpress_is_a_path_too() -> None:
    assert "/wp/v2/users" in read_route("/", "?a=b&rest_route=/wp/v2/users&c=d").paths


@pytest.mark.parametrize(
    ("path", "is_record"),
    [
        ("/api/v2/tables/m/records", True),
        ("/api/content/shop/products/1", True),
        ("/api/content/shop/products/bulk", False),
        ("/api/content/shop/products/1/status", False),
        ("/remote.php/dav/files/anna/a.json", True),
        ("/remote.php/dav/files/anna", False),
        ("/api/posts", False),
    ],
)
def test_fields_of_records_mean_nothing_to_the_tool(path: str, is_record: bool) -> None:
    assert read_route(path, "").is_record is is_record
