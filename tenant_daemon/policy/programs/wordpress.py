"""WordPress by its command line: which settings, details and files of a site are plain records."""

import os
import posixpath
import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import BEFORE_ANSWERING, GUARDS, REVIEWS
from tenant_daemon.policy.programs.words import choice

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_WORDPRESS_FILES: Final = re.compile(r"wp-.*|index\.php|\.wp-cli.*", re.IGNORECASE)
# Nobody may put files there unasked.
_SITE_IN_IMAGE: Final = re.compile(r"/(?:var/www|srv|app|opt|bitnami|usr/src)(?:/.+)?")
_GUARDING_PLUGIN: Final = re.compile(
    r"wordfence|sucuri|security|firewall|two-?factor|2fa|authenticator|limit-login|loginizer|cerber|shield|malware"
    r"|activity-log|audit-log",
    re.IGNORECASE,
)
_PUBLIC: Final = frozenset({"publish", "future"})
_HARMLESS_OPTIONS: Final = re.compile(
    r"blogname|blogdescription|date_format|time_format|timezone_string|gmt_offset|posts_per_(?:page|rss)|start_of_week"
    r"|(?:thumbnail|medium|medium_large|large)_(?:size_w|size_h|crop)|show_on_front|page_on_front|page_for_posts"
    r"|default_(?:category|post_format|comment_status|ping_status)|comment_moderation|comments_per_page|comment_order"
    r"|close_comments_(?:for_old_posts|days_old)|thread_comments(?:_depth)?|show_avatars|WPLANG|site_icon|rss_use_excerpt"
    r"|woocommerce_(?:store_(?:address|address_2|city|postcode)|currency|currency_pos|price_num_decimals"
    r"|price_decimal_sep|price_thousand_sep|weight_unit|dimension_unit|notify_low_stock_amount)"
)
_SECRET: Final = re.compile(
    r".*(?:pass|secret|key|token|salt|auth(?!ors?(?:_|\b))|smtp|credential|nonce|license).*"
    # They sound harmless, and a password stands among what they hold.
    r"|(?:turn|signaling)_servers|objectstore\w*|redis(?:\.cluster)?|woocommerce_(?:stripe|paypal|ppcp|square)\w*"
    r"|fluentmail.*|updraft_.*|jetpack_(?:private_)?options",
    re.IGNORECASE,
)
# Details with an underscore are WordPress's own, and some of them name files; these are plain.
_DETAIL: Final = re.compile(
    r"(?!_)[A-Za-z][A-Za-z0-9_:-]{0,60}|_(?:yoast_wpseo_(?:title|metadesc|focuskw)|regular_price|sale_price|price|sku"
    r"|stock|stock_status|manage_stock|weight|thumbnail_id)"
)
_NOT_A_DETAIL: Final = re.compile(
    r".*(?:capabilit|user_level|session|template|path|php|file).*", re.IGNORECASE
)
_MEDIA: Final = re.compile(
    r"[^\\:*?]*\.(?:png|jpe?g|gif|webp|avif|heic|pdf|mp[34]|m4[av]|mov|webm|ogg|wav|docx?|xlsx?|pptx?|od[tsp])",
    re.IGNORECASE,
)
_CHOICES: Final = {
    "wpslug": r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}",
    "wpstructure": r"(?=.*%post(?:name|_id)%)/?(?:(?:%[a-z_]+%|[a-z0-9-]+)/)*"
    r"(?:%[a-z_]+%|[a-z0-9-]+)/?(?:\.html)?",
    "wpconstant": r"table_prefix|WP_DEBUG(?:_LOG|_DISPLAY)?|SCRIPT_DEBUG|WP_(?:MAX_)?MEMORY_LIMIT"
    r"|WP_POST_REVISIONS|WP_HOME|WP_SITEURL|AUTOSAVE_INTERVAL|EMPTY_TRASH_DAYS"
    r"|DB_(?:NAME|HOST|CHARSET|COLLATE)|WPLANG|WP_CACHE|WP_ENVIRONMENT_TYPE"
    r"|DISALLOW_FILE_(?:EDIT|MODS)|MULTISITE",
    "wpswitch": r"WP_DEBUG|WP_DEBUG_LOG|SCRIPT_DEBUG|WP_(?:MAX_)?MEMORY_LIMIT|WP_POST_REVISIONS"
    r"|AUTOSAVE_INTERVAL",
    "wpuserdetail": r"description|nickname|first_name|last_name",
    "wpuserdetails": r"(?:(?:description|nickname|first_name|last_name)(?:,(?!\Z)|\Z))+",
    "wptable": r"\w*_(?:posts|comments|terms|links)",
    "wplook": r"(?:background|header_text|link|main_text|accent)_?color|header_textcolor"
    r"|background_(?:repeat|size|attachment)",
    "wpshoptool": r"clear_(?:expired_)?transients|clear_template_cache|recount_terms|regenerate_thumbnails"
    r"|regenerate_product_(?:attributes_)?lookup_tables?",
    "wpswitchvalue": r"true|false|\d{1,4}M?",
}


def _wordpress(judge: "CommandJudge", args: list[str]) -> None:
    """WordPress runs the PHP files that it finds in the current folder and above."""
    if judge.is_in_container:
        return
    folder, workspace = judge.places.cwd, judge.places.roots.workspace
    if is_below(folder, workspace) and not judge.is_only and set(judge.before) - {"wp", "echo"}:
        judge.unknown("wp.own-code", "It could run code that was put into the folder just before.")
    while is_below(folder, workspace):
        try:
            names = os.listdir(folder)
        except OSError:
            names = []
        if any(_WORDPRESS_FILES.fullmatch(name) for name in names):
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "wp.own-code",
                "It would run code from the agent's own folder.",
                risk="Foreign code could run.",
                unknown=True,
            )
        folder = folder.rpartition("/")[0]


def _plugin(judge: "CommandJudge", value: str) -> None:
    """A plugin that keeps strangers out is not switched off by the way."""
    KINDS["name"](judge, value)
    if _GUARDING_PLUGIN.search(value) is not None and "activate" not in judge.arguments:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "wp.guard",
            f"{value} keeps strangers out of the website.",
            risk="Somebody could get in, or change it unseen.",
            unknown=True,
        )


def _wordpress_path(judge: "CommandJudge", value: str) -> None:
    place = judge.places.measure(value)
    roots = judge.places.roots
    is_site = any(is_below(place.path, root) for root in ("/var/www", "/srv/www", *roots.readable))
    is_own = is_below(place.path, roots.workspace) or not is_site
    if judge.is_in_container:
        is_own = _SITE_IN_IMAGE.fullmatch(posixpath.normpath(value)) is None
    if is_own:
        judge.unknown("wp.own-code", "It would run code from a folder that is no website.")


def _wordpress_status(judge: "CommandJudge", value: str) -> None:
    if value.lower() in _PUBLIC:
        judge.verdict.note(
            Tier.YELLOW, "wp.publishes", "Publishes something for everybody to see.", external=True
        )


def _wordpress_role(judge: "CommandJudge", value: str) -> None:
    if value.lower() not in ("subscriber", "contributor", "author", "editor", "customer"):
        judge.verdict.note(
            Tier.RED,
            "wp.administrator",
            "Gives somebody all rights over the site.",
            risk="Strangers could take the site over.",
            unknown=True,
        )


def _wordpress_fields(judge: "CommandJudge", value: str) -> None:
    if _SECRET.fullmatch(value) is not None:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "wp.secret",
            "Shows passwords or keys of the tool.",
            risk="Passwords could get to the language model.",
            unknown=True,
        )


def _wordpress_option(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``wp option update NAME VALUE``: most options decide what the site runs or who may sign in."""
    name, value = (*reading.positionals, "", "")[:2]
    # A language is part of the name of a file that the site loads.
    is_language = name != "WPLANG" or re.fullmatch(r"(?:[a-z]{2,3}(?:_[A-Za-z]+)*)?", value) is not None
    if _HARMLESS_OPTIONS.fullmatch(name) is None or not is_language:
        judge.verdict.note(
            Tier.RED,
            "wp.option",
            f"Changes the setting {name[:60]} of WordPress.",
            risk="The site may stop working, or strangers may get in.",
            unknown=True,
        )


def _wordpress_detail(judge: "CommandJudge", value: str) -> None:
    is_plain = _DETAIL.fullmatch(value) is not None
    if not is_plain or _NOT_A_DETAIL.fullmatch(value) or _SECRET.fullmatch(value):
        judge.unknown("wp.detail", f"What the detail {value[:60]} does is not known here.")


def _wordpress_details(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Without a value it would be read from the input."""
    if len(reading.positionals) < 3:
        judge.unknown("wp.detail", "It is not said what the detail becomes.")


def _wordpress_post(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``wp post create [FILE]``, ``wp post update ID... [FILE]``."""
    *numbers, last = reading.positionals or ["0"]
    if not last.isdecimal():
        _own_file(judge, last)
    if not all(number.isdecimal() for number in numbers) or (numbers and profile.rule_id.endswith("create")):
        judge.unknown("wp.post", "It is not clear which posts are meant.")


def _wordpress_media(judge: "CommandJudge", value: str) -> None:
    if _MEDIA.fullmatch(value) is None:
        judge.unknown("wp.media", f"“{value[:80]}” is not the plain name of a picture, a film or a document.")
    _own_file(judge, value)


def _own_file(judge: "CommandJudge", value: str) -> None:
    """
    Visitors of the site may see what is in it, so it is a file of the agent's own.

    Inside a container nobody knows where a link leads.
    """
    if value == "-" and "create" in judge.arguments:
        # What it reads is what the line itself hands to it, and that is judged on its own.
        return
    KINDS["read"](judge, value)
    path = judge.places.resolve(value).path if value != FROM_INPUT else ""
    if judge.is_in_container or not is_below(path, judge.places.roots.workspace):
        judge.unknown("wp.file", f"It would put {value[:80]} on the website.")


def _wordpress_menu(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """An address that is a script would run in every visitor's browser."""
    # Browsers leave out blanks and line breaks in an address.
    words = [re.sub(r"[\x00-\x20]", "", word) for word in (*reading.positionals, *reading.values("--link"))]
    if any(re.match(r"(?:javascript|data|vbscript):", word, re.IGNORECASE) for word in words):
        judge.unknown("wp.menu", "It would put a script into the menu.")


def _shop_item(judge: "CommandJudge", value: str) -> None:
    KINDS["int"](judge, value)
    _shop_shelf(judge)


def _new_product(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    states = reading.values("--status")
    is_shelf = not {"product_cat", "product_tag"}.isdisjoint(judge.arguments)
    if (not states and not is_shelf) or any(one not in ("draft", "pending", "private") for one in states):
        judge.verdict.note(Tier.YELLOW, "wp.publishes", "Visitors would see it at once.", external=True)
    _shop_shelf(judge)


def _user_details(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Among all details of somebody are the keys of second factors and who is signed in."""
    if len(reading.positionals) < 2 and not reading.has("--keys"):
        judge.unknown("wp.user-details", "It would show everything that is kept of somebody.")


def _search(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if len(reading.positionals) < 2:
        judge.unknown("wp.search", "It would look through everything, also where passwords stand.")


def _shop_shelf(judge: "CommandJudge") -> None:
    """Products and their categories; a customer hears of a changed order."""
    if {"order", "shop_order", "customer", "shop_coupon"} & set(judge.arguments):
        judge.unknown("wp.shop", "A customer may hear of it.")


KINDS.update({name: choice(name, pattern) for name, pattern in _CHOICES.items()})
KINDS.update(
    {
        "wppath": _wordpress_path,
        "wpplugin": _plugin,
        "wpstatus": _wordpress_status,
        "wprole": _wordpress_role,
        "wpfields": _wordpress_fields,
        "wpdetail": _wordpress_detail,
        "wpmedia": _wordpress_media,
        "wpproduct": _shop_item,
    }
)
GUARDS["wp"] = _wordpress
BEFORE_ANSWERING.add("wp")
REVIEWS.update(
    {
        "wpoption": _wordpress_option,
        "wpusermeta": _user_details,
        "wpsearch": _search,
        "wpdetail": _wordpress_details,
        "wpnewproduct": _new_product,
        "wppost": _wordpress_post,
        "wpmenu": _wordpress_menu,
    }
)
