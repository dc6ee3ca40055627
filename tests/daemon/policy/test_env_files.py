import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.actions import ReadEnv, UpdateEnv


def update(key: str, context: PolicyContext, value: str = "x", path: str = ".env") -> Judgement:
    return classify("env_update", {"path": path, "key": key, "value": value}, context)


@pytest.mark.parametrize(
    "key", ["SITE_TITLE", "PORT", "MAIL_FROM", "MONKEY", "KEYBOARD_LAYOUT", "TZ", "PASSENGERS"]
)
def test_an_ordinary_setting_is_yellow(key: str, context: PolicyContext) -> None:
    found = update(key, context)
    assert found.tier is Tier.YELLOW
    assert found.action == UpdateEnv(context.workspace / ".env", key, "x")


@pytest.mark.parametrize(
    "key",
    [
        "DB_PASSWORD",
        "POSTGRES_PASSWORD",
        "STRIPE_API_KEY",
        "JWT_SECRET",
        "ACCESS_TOKEN",
        "DATABASE_URL",
        "REDIS_URL",
        "SMTP_PASS",
        "SECRET_KEY_BASE",
        "AWS_SECRET_ACCESS_KEY",
        "PRIVATE_KEY",
        "password",
        "ADMIN_PW_HASH_SECRET",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "PATH",
        "NODE_OPTIONS",
        "PYTHONPATH",
        "BASH_ENV",
        "HTTPS_PROXY",
        "GIT_SSH_COMMAND",
        "PERL5LIB",
        "RUBYOPT",
        "JAVA_TOOL_OPTIONS",
        "DOCKER_HOST",
        "COMPOSE_FILE",
        "PHP_INI_SCAN_DIR",
    ],
)
def test_credentials_and_loader_variables_are_red(key: str, context: PolicyContext) -> None:
    assert update(key, context).tier is Tier.RED


@pytest.mark.parametrize("value", ["a\nLD_PRELOAD=b", "a\rB=c", "a\x00", "a\u202eb"])
def test_a_value_cannot_smuggle_in_another_setting(value: str, context: PolicyContext) -> None:
    assert update("TITLE", context, value).is_forbidden


@pytest.mark.parametrize("key", ["A B", "A=B", "", "1A", "A\nB", "Ä"])
def test_an_impossible_key_is_denied(key: str, context: PolicyContext) -> None:
    assert update(key, context).is_forbidden


@pytest.mark.parametrize(
    "path", ["notes.txt", "/etc/environment", "../../keys/.env", "/var/log/.env", "/root/.env"]
)
def test_only_settings_files_in_the_agents_places(path: str, context: PolicyContext) -> None:
    assert update("TITLE", context, path=path).is_forbidden
    assert classify("env_read", {"path": path}, context).is_forbidden


def test_reading_is_green_since_values_are_masked(context: PolicyContext) -> None:
    found = classify("env_read", {"path": "/opt/apps/ghost/.env"}, context)
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, ReadEnv)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("JAVA_OPTS_APPEND", "-javaagent:/x.jar"),
        ("KC_JAVA_OPTS", "-Xmx1g"),
        ("CATALINA_OPTS", "x"),
        ("GHOST_IMAGE", "evil/x"),
        ("DATA_DIR", "/"),
        ("VOLUME_PATH", "../.."),
        ("APP_COMMAND", "sh"),
    ],
)
def test_what_decides_which_code_runs_and_on_which_files_is_red(
    key: str, value: str, context: PolicyContext
) -> None:
    found = classify("env_update", {"path": ".env", "key": key, "value": value}, context)
    assert found.tier is Tier.RED


@pytest.mark.parametrize(
    ("key", "value"), [("GHOST_VERSION", "5.96"), ("UPLOAD_DIR", "./data"), ("PORT", "1")]
)
def test_settings_with_like_names_are_plain_changes(key: str, value: str, context: PolicyContext) -> None:
    found = classify("env_update", {"path": ".env", "key": key, "value": value}, context)
    assert found.tier is Tier.YELLOW
