"""Which tool is told of a secret's new value."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tenant_daemon.home import TenantHome
from tenant_daemon.settings import Rotation
from tenant_daemon.vault import Vault
from tenant_daemon.vault.steps.chosen import steps_by_name
from tenant_daemon.vault.steps.postgresql_role import PostgresqlRoleStep
from tenant_daemon.vault.steps.program import ProgramStep
from tenant_daemon.vault.steps.redis_acl import RedisAclStep

ADMIN = "admin-Value-77"


def test_each_secret_has_its_own_tool(tmp_path: Path) -> None:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("redis-admin", ADMIN, actor="user:owner")
    step_of = steps_by_name(
        [
            Rotation(
                secret="cache-key", redis_user="shop", redis_admin="root", redis_admin_secret="redis-admin"
            ),
            Rotation(secret="db-key", postgresql_role="shop", database="shop", port=5433),
            Rotation(secret="shop-key", program=["/opt/shop/tell", "--quick"]),
        ],
        vault,
    )

    assert step_of("cache-key", "agent:it-admin") == RedisAclStep("shop", admin="root", admin_password=ADMIN)
    assert step_of("db-key", "agent:it-admin") == PostgresqlRoleStep("shop", "shop", port=5433)
    assert step_of("shop-key", "agent:it-admin") == ProgramStep(("/opt/shop/tell", "--quick"))
    assert step_of("other-key", "agent:it-admin") is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"redis_user": "shop", "postgresql_role": "shop"},
        {"redis_user": "shop", "redis_admin": "root"},
        {"program": ["tell"]},
        {"secret": "Not A Name", "redis_user": "shop"},
    ],
)
def test_settings_that_cannot_be_right_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rotation.model_validate({"secret": "shop-key", **fields})
