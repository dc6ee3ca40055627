"""Tables of the tools in which keys and passwords lie in columns whose names do not say so."""

from typing import Final

from tenant_daemon.policy.sql.settings import shows_values
from tenant_daemon.policy.wordlist import word_set

# Table by table, as the tools of the catalogue make them; `*` shows every column.
_KEPT: Final = {
    name: frozenset({*columns.split(), "*"})
    for names, columns in (
        ("login_source", "cfg"),
        ("two_factor twofactor mfa_values", "data value"),
        ("channel_email channel_whatsapp", "provider_config"),
        ("channel_twilio_sms channel_facebook_pages channel_telegram channel_line channel_api", ""),
        ("integrations_hooks", "settings"),
        ("nc_sources nc_sources_v2 nc_bases nc_bases_v2 nc_integrations nc_integrations_v2", "config"),
        ("App Account Session Webhook", "keys"),
        ("user_identity oauth_app", ""),
        ("ir_mail_server fetchmail_server payment_provider payment_acquirer", ""),
        ("socialaccount_socialapp socialaccount_socialtoken", ""),
        ("oc_oauth2_clients oc_mail_accounts password_resets", ""),
        ("monitor", "headers body authtoken kafka_producer_sasl_options"),
        ("notification", "config"),
        ("proxy docker_host remote_browser", ""),
        # PostgreSQL's own: which values are frequent in each column of every table.
        ("pg_stats pg_stats_ext pg_stats_ext_exprs", ""),
    )
    for name in names.split()
}
_CONFIGURED: Final = frozenset({"notification", "notifications", "data_source"})
_CONFIGURATION: Final = word_set("config secure_json_data")


def shows_kept_keys(texts: list[str]) -> bool:
    """
    Whether a query shows columns in which a tool keeps keys.

    Args:
        texts: The words and signs of one statement, without the quotes of names.
    """
    kept = [text for text in texts if text in _KEPT]
    if kept and (texts[0] == "table" or shows_values(texts, kept, _KEPT[kept[0]])):
        return True
    if _CONFIGURATION.isdisjoint(texts):
        return False
    kept = [text for text in texts if text in _CONFIGURED]
    return bool(kept) and shows_values(texts, kept, _CONFIGURATION)
