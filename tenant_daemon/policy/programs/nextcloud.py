"""Nextcloud by its command line: the few settings that decide neither what runs nor who may get in."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.words import choice

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_REGION: Final = r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{2,4})?"
_SIZE: Final = r"\d{1,5} ?[KMGT]?B"
_SETTINGS: Final = {
    "default_phone_region": _REGION,
    "default_language": _REGION,
    "default_locale": _REGION,
    "force_language": _REGION,
    "force_locale": _REGION,
    "default_timezone": r"[A-Za-z_]+(?:/[A-Za-z_+-]+){0,2}",
    "logtimezone": r"[A-Za-z_]+(?:/[A-Za-z_+-]+){0,2}",
    "logdateformat": r"[A-Za-z :.,/-]{1,40}",
    # 3 is errors alone; 4 would hide those too.
    "loglevel": r"[0-3]",
    "maintenance_window_start": r"\d{1,3}",
    "preview_max_x": r"\d{2,4}",
    "preview_max_y": r"\d{2,4}",
    "jpeg_quality": r"\d{1,3}",
    "enable_previews": r"true|false|0|1",
    "knowledgebaseenabled": r"true|false|0|1",
    "simpleSignUpLink.shown": r"false|0",
    "has_rebuilt_cache": r"true|1",
    "maintenance": r"true|false",
    # What new people find in their folder: nothing.
    "skeletondirectory": r"",
}
_OF_USERS: Final = {
    ("core", "lang"): _REGION,
    ("core", "locale"): _REGION,
    ("core", "timezone"): r"[A-Za-z_]+(?:/[A-Za-z_+-]+){0,2}",
    ("files", "quota"): rf"{_SIZE}|default",
}
_OF_APPS: Final = {
    ("files", "default_quota"): rf"{_SIZE}|none",
    ("dav", "create_example_event"): r"true|false",
    ("dav", "create_example_contact"): r"true|false",
    ("core", "backgroundjobs_mode"): r"cron",
    ("core", "shareapi_default_expire_date"): r"yes",
    ("core", "shareapi_enforce_expire_date"): r"yes",
    ("core", "shareapi_enforce_links_password"): r"yes",
    ("core", "shareapi_expire_after_n_days"): r"[1-9]\d?",
    ("theming", "name"): r"[^<>]{1,80}",
    ("theming", "slogan"): r"[^<>]{1,200}",
    ("theming", "color"): r"#[0-9A-Fa-f]{3,6}",
    ("theming", "primary_color"): r"#[0-9A-Fa-f]{3,6}",
}
"""None of them opens anything: shares only become shorter, and the rest is looks."""
_GUARDING: Final = re.compile(
    r"twofactor\w*|suspicious_login|bruteforcesettings|password_policy|admin_audit|files_antivirus|encryption"
    r"|end_to_end_encryption|files_accesscontrol|files_retention|terms_of_service|ransomware\w*|user_\w+|richdocuments_guard"
)
_FILE_OF_USER: Final = re.compile(r"/?([\w.@-]+)/files(?:/(?!\.{1,2}(?:/|\Z))[^/\x00-\x1f]+)+")
_LOOKS: Final = {"name": r"[^<>]{1,80}", "slogan": r"[^<>]{1,200}", "color": r"#[0-9A-Fa-f]{3,6}"}


def _fits(pattern: str | None, value: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, value) is not None


def _setting(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Most settings decide what runs, where data lies or who may get in."""
    names, values = reading.positionals, reading.values("--value")
    if len(names) != 1 or len(values) != 1 or not _fits(_SETTINGS.get(names[0]), values[0]):
        judge.unknown("occ.setting", "Nextcloud may stop working, or strangers may get in.")


def _app_setting(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names, values = reading.positionals, reading.values("--value")
    if len(names) != 2 or len(values) != 1 or not _fits(_OF_APPS.get((names[0], names[1])), values[0]):
        judge.unknown("occ.setting", "Nextcloud may stop working, or strangers may get in.")


def _user_setting(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Three words show a setting, four change it; what else is kept of people are sign-ins and keys."""
    words = reading.positionals
    if len(words) == 4 and _fits(_OF_USERS.get((words[1], words[2])), words[3]):
        judge.verdict.note(Tier.YELLOW, "occ.user-setting", "Changes how Nextcloud looks for somebody.")
    elif len(words) != 3 or (words[1], words[2]) not in _OF_USERS:
        judge.unknown("occ.user-setting", "What the setting does to the user is not known here.")


def _profile(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``user:profile WHO [FIELD [VALUE]]``; the address is none of the fields: new passwords go there."""
    if len(reading.positionals) == 3:
        judge.verdict.note(Tier.YELLOW, "occ.profile", "Changes what somebody says of himself in Nextcloud.")
    elif len(reading.positionals) > 3:
        judge.unknown("occ.profile", "It is not clear what is said of whom.")


def _files(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Both ends belong to the same person: what is somebody else's stays out of sight."""
    found = [_FILE_OF_USER.fullmatch(word) for word in reading.positionals]
    if len(found) != 2 or found[0] is None or found[1] is None or found[0][1] != found[1][1]:
        judge.unknown("occ.files", "It is not clear whose files these are.")


def _group(judge: "CommandJudge", value: str) -> None:
    """Who is in the group of administrators rules everything."""
    KINDS["name"](judge, value)
    if value.strip().lower() == "admin":
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "occ.administrator",
            "Gives somebody all rights over Nextcloud.",
            risk="Strangers could take it over.",
            unknown=True,
        )


def _look(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    words = reading.positionals
    if len(words) != 2 or not _fits(_LOOKS.get(words[0]), words[1]):
        judge.unknown("occ.look", "It is not clear how Nextcloud would look.")


def _switched_off(judge: "CommandJudge", value: str) -> None:
    """An app that is switched off: not one that guards the others."""
    KINDS["name"](judge, value)
    if _GUARDING.fullmatch(value) is not None:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "occ.guard",
            f"Switches off {value}, which protects Nextcloud.",
            risk="Strangers could get in.",
            unknown=True,
        )


KINDS.update(
    {
        "occapp": _switched_off,
        "occgroup": _group,
        "occprofile": choice(
            "occprofile", "address|organisation|role|headline|biography|phone|pronouns|displayname"
        ),
        "occlook": choice("occlook", "name|slogan|color"),
        "occtag": choice("occtag", "public|restricted|invisible"),
        "logword": choice("logword", "debug|info|warning|error|[0-3]"),
    }
)
REVIEWS.update(
    {
        "occappsetting": _app_setting,
        "occsetting": _setting,
        "occusersetting": _user_setting,
        "occlook": _look,
        "occprofile": _profile,
        "occfiles": _files,
    }
)
