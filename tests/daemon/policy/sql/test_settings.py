"""Values of settings are shown by names that are written out: passwords and keys stand beside them."""

import shlex

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify

PSQL, MYSQL, SQLITE = "psql -c", "mysql shop -e", "sqlite3 shop.db"
WP = "select option_value from wp_options where "


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (MYSQL, WP + "option_name=concat('auth','_salt')"),
        (MYSQL, WP + "option_name=0x617574685f73616c74"),
        (MYSQL, WP + "option_name in (reverse('tlas_htua'))"),
        (MYSQL, WP + "option_name like 'auth%'"),
        (MYSQL, WP + "option_name like '%_s%'"),
        (MYSQL, WP + "option_name='auth' '_salt'"),
        (MYSQL, WP + "option_name between 'auth_s' and 'auth_t'"),
        (MYSQL, WP + "option_name > 'auth_r' limit 1"),
        (MYSQL, WP + "substr(option_name, 6) = 'salt'"),
        (MYSQL, WP + "not (option_name = 'siteurl')"),
        (MYSQL, WP + "option_name = 'siteurl' or option_id = 12"),
        (MYSQL, WP + "not (option_id = 3 and option_name = 'siteurl')"),
        (MYSQL, WP + "'x' between 'a' and option_name = 'siteurl'"),
        (MYSQL, WP + "option_name = 'siteurl' || 1"),
        (MYSQL, WP + "option_name = 'wp_mail_smtp'"),
        (MYSQL, WP + "option_id=12"),
        (MYSQL, "select option_value from wp_options"),
        (MYSQL, "select * from wp_options limit 5"),
        (MYSQL, "select o.* from wp_2_options o"),
        (MYSQL, "select max(option_value) from wp_options"),
        (MYSQL, "table wp_options"),
        (MYSQL, "select meta_value from wp_usermeta where user_id=1"),
        (MYSQL, "select 1 union select option_value from wp_options where option_name = 'siteurl'"),
        (MYSQL, "create table notes_of_mine as select * from wp_options"),
        (MYSQL, "select configvalue from oc_appconfig where appid='core'"),
        (PSQL, "select o from wp_options o"),
        (PSQL, "select to_jsonb(wp_options) from wp_options"),
        (PSQL, "copy ir_config_parameter to stdout"),
        (PSQL, "select value from settings where key = chr(115)||'mtp_password'"),
        (PSQL, "select value from settings where key like 's%'"),
        (PSQL, "select value from settings where lower(key) = 'site'"),
        (PSQL, "select value from settings s where s.name in ('a', concat('b'))"),
        (PSQL, "select value from settings where key ~ 'sal'"),
        (PSQL, "select data->>'password' from integrations"),
        (PSQL, "select data->'smtp'->'pass' from integrations"),
        (PSQL, "select data #>> '{smtp,pass}' from integrations"),
        (PSQL, "select data['access_token'] from integrations"),
        (PSQL, "select jsonb_extract_path_text(data, 'smtp', 'password') from integrations"),
        (MYSQL, "select json_extract(data, '$.smtp.password') from integrations"),
        (SQLITE, "select json_extract(config, '$.apiKey') from notification"),
        (MYSQL, "select value from settings where `key`='stripe_secret_key'"),
        (PSQL, "select value from settings where \"key\" = 'smtp'"),
        (PSQL, "select cfg from login_source"),
        (PSQL, "select * from channel_email"),
        (PSQL, "select p.provider_config from channel_whatsapp p"),
        (PSQL, 'select keys from "App"'),
        (PSQL, "copy ir_mail_server to stdout"),
        (SQLITE, "select config from notification"),
        (PSQL, 'select U&"p!0061ssword" uescape $$!$$ from people'),
        (PSQL, "select U&\"p!0061ssword\" uescape '!' from people"),
    ],
)
def test_settings_that_are_not_named_ask(client: str, text: str, context: PolicyContext) -> None:
    judged = classify("shell", {"command": f"{client} {shlex.quote(text)}"}, context)

    assert judged.is_unknown, judged.reason


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (MYSQL, WP + "option_name='siteurl'"),
        (MYSQL, WP + "option_name = 'siteurl' or option_name = 'home'"),
        (MYSQL, WP + "(option_name = 'siteurl' or option_name = 'home') and autoload = 'yes' limit 2"),
        (
            MYSQL,
            "select o.option_value from wp_options o where o.option_name in ('siteurl','home')",
        ),
        (MYSQL, "select option_name, option_value from wp_options where option_name like '%woocommerce%'"),
        (MYSQL, "select * from wp_options where option_name like '_transient_timeout_%'"),
        (MYSQL, "select option_name, length(option_value) n from wp_options order by n desc limit 10"),
        (MYSQL, "select count(*) from wp_options where autoload='yes'"),
        (MYSQL, "select option_name from wp_options where option_value like '%http://old.example%'"),
        (MYSQL, "select sum(length(option_value)) from wp_options"),
        (MYSQL, "select meta_value from wp_usermeta where user_id=3 and meta_key='first_name'"),
        (MYSQL, "select meta_value from wp_postmeta where post_id=3"),
        (PSQL, "select value from settings where key = 'site_name'"),
        (PSQL, "select key, value from settings order by key"),
        (PSQL, "select key, value from settings where key is not null and key != 'a'"),
        (PSQL, "select name, setting from pg_settings where name ~ 'wal'"),
        (PSQL, "select value from ir_config_parameter where key = 'web.base.url'"),
        (PSQL, "select data->>'name', data #>> '{a,b}', tags[1] from events where data->>'type' = 'x'"),
        (MYSQL, "select json_extract(data, '$.total') from orders"),
        (SQLITE, "select * from settings"),
        (SQLITE, "select id, name from notification"),
        (PSQL, "select id, email from channel_email"),
        (PSQL, "select count(*) from ir_mail_server"),
    ],
)
def test_settings_that_are_named_are_read(client: str, text: str, context: PolicyContext) -> None:
    judged = classify("shell", {"command": f"{client} {shlex.quote(text)}"}, context)

    assert judged.tier is Tier.GREEN, judged.reason
    assert not judged.is_unknown
