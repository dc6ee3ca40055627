"""Against a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import rotate
from tenant_daemon.vault.steps.redis_acl import RedisAclStep
from tests.support.redis import RedisServer, redis_client

OLD = "the-Old-Value-1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    client = redis_client(server.port)
    client.execute_command("ACL", "SETUSER", "shop", "on", f">{OLD}", "~*", "+@all")
    client.execute_command("ACL", "SETUSER", "clerk", "on", ">clerk-Value-9", "~*", "+get", "+ping")
    client.close()
    yield server
    server.kill()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("redis-password", OLD, actor="shell:root")
    return vault


def can_sign_in(server: RedisServer, user: str, password: str) -> bool:
    client = redis_client(server.port, username=user, password=password)
    try:
        return bool(client.ping())
    except redis.AuthenticationError:
        return False
    finally:
        client.close()


def test_redis_takes_the_new_password_and_no_longer_the_old(server: RedisServer, vault: Vault) -> None:
    rotate(vault, "redis-password", RedisAclStep("shop", port=server.port), actor="shell:root")

    new = vault.get("redis-password", actor="shell:root", purpose="a test")
    assert can_sign_in(server, "shop", new)
    assert not can_sign_in(server, "shop", OLD)


def test_user_without_the_right_keeps_its_password(server: RedisServer, vault: Vault) -> None:
    vault.put("clerk-password", "clerk-Value-9", actor="shell:root")

    with pytest.raises(RotationFailed, match="refused ACL SETUSER"):
        rotate(vault, "clerk-password", RedisAclStep("clerk", port=server.port), actor="shell:root")

    assert can_sign_in(server, "clerk", "clerk-Value-9")
    assert vault.get("clerk-password", actor="shell:root", purpose="a test") == "clerk-Value-9"


def test_another_user_may_change_it(server: RedisServer, vault: Vault) -> None:
    vault.put("clerk-password", "clerk-Value-9", actor="shell:root")
    step = RedisAclStep("clerk", port=server.port, admin="shop", admin_password=OLD)

    rotate(vault, "clerk-password", step, actor="shell:root")

    new = vault.get("clerk-password", actor="shell:root", purpose="a test")
    assert can_sign_in(server, "clerk", new)


def test_a_user_who_needs_no_password_is_not_taken_for_changed(server: RedisServer, vault: Vault) -> None:
    vault.put("open-password", "open-Value-7", actor="shell:root")

    with pytest.raises(RotationFailed, match="any password"):
        rotate(vault, "open-password", RedisAclStep("default", port=server.port), actor="shell:root")


def test_redis_that_is_away_changes_nothing(server: RedisServer, vault: Vault) -> None:
    server.kill()

    with pytest.raises(RotationFailed, match="cannot be reached"):
        rotate(vault, "redis-password", RedisAclStep("shop", port=server.port), actor="shell:root")
    assert vault.get("redis-password", actor="shell:root", purpose="a test") == OLD
