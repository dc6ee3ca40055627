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
        "CORECLR_PROFILER",
        "ERL_ZFLAGS",
        "R_PROFILE",
        "RUSTC_WRAPPER",
        "GOFLAGS",
        "UWSGI_INI",
        "GUNICORN_CMD_ARGS",
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
    ("key", "value"),
    [
        ("GHOST_VERSION", "5.96"),
        ("UPLOAD_DIR", "./data"),
        ("PORT", "1"),
        ("AUTHOR_OFF", "1"),
        ("NO_AUTHORS", "1"),
    ],
)
def test_settings_with_like_names_are_plain_changes(key: str, value: str, context: PolicyContext) -> None:
    found = classify("env_update", {"path": ".env", "key": key, "value": value}, context)
    assert found.tier is Tier.YELLOW


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SMTP_HOST", "smtp.evil.example"),
        ("SMTP_ADDRESS", "mail.evil.example:587"),
        ("database__connection__host", "evil.example"),
        ("DB_HOST", "203.0.113.9"),
        ("REDIS_URL", "redis://evil.example:6379"),
        ("DATABASE_URL", "postgresql://a:b@evil.example/db"),
        ("HTTP_PROXY", "http://evil.example:3128"),
        ("AP_WEBHOOK_URL_PREFIX", "https://evil.example"),
        ("S3_ENDPOINT", "https://evil.example"),
        ("OPENAI_API_BASE_URL", "https://evil.example/v1"),
        ("LOGGING", "syslog://evil.example"),
        ("S3_BUCKET_NAME", "elsewhere"),
        ("url", "https://blog.evil.example"),
        ("NEXT_PUBLIC_WEBAPP_URL", "https://cal.evil.example"),
        ("MAILER_SENDER_EMAIL", "boss@bank.example"),
        ("mail__from", '"Boss" <boss@bank.example>'),
        ("MAIL_DOMAIN", "bank.example"),
    ],
)
def test_a_setting_that_sends_the_tool_elsewhere_is_external(
    key: str, value: str, context: PolicyContext
) -> None:
    assert update(key, context, value).is_external


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SMTP_HOST", "mailserver"),
        ("SMTP_HOST", "mail.example.com"),
        ("DB_HOST", "postgres"),
        ("DB_HOST", "127.0.0.1"),
        ("url", "https://blog.example.com"),
        ("NEXT_PUBLIC_WEBAPP_URL", "https://cal.example.com"),
        ("PRIVACY_URL", "https://somewhere.example/privacy"),
        ("HOST", "0.0.0.0"),
        ("mail__from", "hallo@example.com"),
        ("APP_VERSION", "5.96.1"),
    ],
)
def test_its_own_address_and_its_neighbours_are_plain_changes(
    key: str, value: str, context: PolicyContext
) -> None:
    found = update(key, context, value)
    assert (found.tier, found.is_external) == (Tier.YELLOW, False)


@pytest.mark.parametrize(
    ("key", "opened", "closed"),
    [
        ("ENABLE_ACCOUNT_SIGNUP", "true", "false"),
        ("SIGNUPS_ALLOWED", "true", "false"),
        ("GITEA__service__DISABLE_REGISTRATION", "false", "true"),
        ("KC_HOSTNAME_STRICT", "false", "true"),
        ("NODE_TLS_VERIFY", "0", "1"),
        ("NEXTCLOUD_TRUSTED_DOMAINS", "cloud.example.com evil.example", "cloud.example.com"),
        ("CORS_ALLOWED_ORIGINS", "*", "https://tools.example.com"),
        ("GITEA__webhook__ALLOWED_HOST_LIST", "*", "private"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "172.18.0.0/16"),
        ("RAILS_ENV", "development", "production"),
        ("APP_DEBUG", "true", "false"),
        ("KC_HTTP_ENABLED", "true", "false"),
        ("NC_DISABLE_AUDIT", "true", "false"),
        ("AUTH_DISABLED", "true", "false"),
        ("PORTAL_SKIP_LOGIN", "1", "0"),
        ("TLS_SKIP_VERIFY", "true", "false"),
        ("SECURITY_OFF", "yes", "no"),
        ("GITEA__security__INSTALL_LOCK", "false", "true"),
        ("UI__ONLYADMINSCANCREATEAPPS", "false", "true"),
        ("BIND_ADDRESS", "0.0.0.0", "127.0.0.1"),
        ("GHOST_PORT", "0.0.0.0:2368", "2368"),
        ("PUID", "0", "1000"),
        ("GITEA__repository__FORCE_PRIVATE", "false", "true"),
        ("DRONE_USER_CREATE", "username:evil,admin:true", ""),
    ],
)
def test_opening_a_door_is_red_and_closing_it_is_not(
    key: str, opened: str, closed: str, context: PolicyContext
) -> None:
    assert update(key, context, opened).tier is Tier.RED
    assert update(key, context, closed).tier is Tier.YELLOW


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("WORDPRESS_CONFIG_EXTRA", "define('X', 1);"),
        ("NOTE", "eval($_GET[1]);"),
        ("AP_EXECUTION_MODE", "UNSANDBOXED"),
        ("GHOST_PRIVILEGED", "true"),
        ("NETWORK_MODE", "host"),
        ("GHOST_VERSION", "evil/ghost:5"),
    ],
)
def test_code_in_a_setting_waits_at_every_level(key: str, value: str, context: PolicyContext) -> None:
    assert update(key, context, value).is_unknown


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("VOLUME_PATH", "/"),
        ("DATA_DIR", "/etc"),
        ("UPLOAD_LOCATION", "/root/x"),
        ("MOUNT", "/var/run/docker.sock"),
    ],
)
def test_no_tool_gets_the_server(key: str, value: str, context: PolicyContext) -> None:
    assert update(key, context, value).is_unknown
    assert not update(key, context, "/opt/apps/ghost/data").is_unknown


@pytest.mark.parametrize("value", ["${DB_PASSWORD}", "Shop $SECRET_KEY", "${ADMIN_TOKEN:-x}"])
def test_a_secret_does_not_become_another_setting(value: str, context: PolicyContext) -> None:
    assert update("APP_NAME", context, value).tier is Tier.CRITICAL_RED
    assert update("APP_NAME", context, "${SITE_TITLE} for $9").tier is Tier.YELLOW


@pytest.mark.parametrize(
    "key", ["EXTRA_ARGS", "PLUGINS", "GF_INSTALL_PLUGINS", "PHP_VALUE", "JVM_OPTS", "DAEMON_FLAGS"]
)
def test_what_decides_which_code_runs_waits(key: str, context: PolicyContext) -> None:
    assert update(key, context).is_unknown


def test_other_doors_and_servers(context: PolicyContext) -> None:
    assert update("SIGNUPS_DOMAINS_WHITELIST", context, "evil.example").tier is Tier.RED
    assert update("CONTAINER_USER", context, "root").tier is Tier.RED
    assert update("KC_DB_URL", context, "jdbc:postgresql://evil.example/x").is_external
    assert not update("KC_DB_URL", context, "jdbc:postgresql://db:5432/x").is_external


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("OIDC_ISSUER", "https://evil.example"),
        ("OIDC_DISCOVERY", "https://evil.example/.well-known/openid-configuration"),
        ("OAUTH_JWKS", "https://evil.example/keys"),
        ("SAML_ENTRYPOINT", "https://evil.example/saml"),
        ("SAML_METADATA", "https://evil.example/metadata.xml"),
        ("AZURE_AUTHORITY", "https://evil.example/x"),
        ("NEXTAUTH_SSO", "https://evil.example"),
    ],
)
def test_who_says_who_may_sign_in_is_external_and_red(key: str, value: str, context: PolicyContext) -> None:
    found = update(key, context, value)
    assert (found.tier, found.is_external) == (Tier.RED, True)
    assert not update(key, context, value.replace("evil.example", "ghost.internal")).is_external


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BACKUP_TARGET", "s3://elsewhere"),
        ("BACKUP_TO", "gs://elsewhere/daily"),
        ("ARCHIVE", "b2://elsewhere"),
        ("STORE", "sftp://u@evil.example/x"),
        ("TRACKER_SCRIPT", "https://evil.example/x.js"),
        ("IMPORT_FEED", "https://evil.example/x.xml"),
        ("COPY_REMOTE", "evil.example"),
    ],
)
def test_stores_scripts_and_sources_elsewhere_are_external(
    key: str, value: str, context: PolicyContext
) -> None:
    assert update(key, context, value).is_external
