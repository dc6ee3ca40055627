"""The feed put together; the one place that chooses its collaborators."""

from pathlib import Path

from tenant_daemon.egress.upstreams import key_name, upstreams_of
from tenant_daemon.feed.door import Callers, FeedDoor, Told
from tenant_daemon.feed.intake import Intake
from tenant_daemon.feed.source import Source
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.kit.users import user_named
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import TenantSettings
from tenant_daemon.vault import Vault


def open_feed(
    home: TenantHome,
    settings: TenantSettings,
    vault: Vault,
    *,
    proxy_user: str = "",
    socket_path: Path | None = None,
) -> FeedDoor:
    """
    The feed of this home, to be entered as a context.

    Args:
        home: Whose.
        settings: Name the providers whose keys the proxy gets.
        vault: Read by the feed's threads.
        proxy_user: As whom the proxy runs; empty: as we do.
        socket_path: Where both can reach it; None: in the home.

    Raises:
        UnknownUser: There is no such user.
    """
    names = (key_name(upstream) for upstream in upstreams_of(settings))
    return FeedDoor(
        socket_path or home.feed_socket,
        Told(
            Callers(user_named(proxy_user), local_token(home, "feed")),
            Source(vault, filter(None, names), home.config_file, home.link_db),
            lambda: local_token(home, "proxy"),
            home.notice_file,
        ),
        Intake(home, CanaryAlarm(home, vault)),
    )
