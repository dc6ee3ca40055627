"""
Browser scenarios: written-down ways through the pages of a business tool, for what its API cannot do.

An agent names a scenario and the tool; it never steers a browser by itself. What a scenario does is known, so
it is judged like any other call. They run in OpenClaw's browser where that is switched on.
"""

from typing import Final, NamedTuple

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import BrowseScenario
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.screening import find_hidden_in_name
from tenant_daemon.policy.verdict import Verdict, refusal
from tenant_daemon.policy.web.address import BadAddress, parse_address
from tenant_daemon.policy.web.effects import judge_effect
from tenant_daemon.policy.web.http_calls import look_up_listed


class Scenario(NamedTuple):
    """What a scenario does."""

    says: str
    tier: Tier
    is_external: bool = False


_SET_UP: Final = "Sets {tool} up in a browser: its first account, its language and its address."
SCENARIOS: Final[dict[str, Scenario]] = {
    **{
        f"set-up-{key}": Scenario(_SET_UP.format(tool=name), Tier.RED)
        for key, name in (
            ("cal-com", "Cal.com"),
            ("chatwoot", "Chatwoot"),
            ("keycloak", "Keycloak"),
            ("nextcloud", "Nextcloud"),
            ("stalwart", "Stalwart Mail"),
            ("umami", "Umami"),
            ("uptime-kuma", "Uptime Kuma"),
        )
    },
    "look": Scenario("Opens a page of a business tool and takes a picture of it.", Tier.GREEN),
}


def judge_browser(scenario: str, url: str, context: PolicyContext) -> Judgement:
    """``browser``: a known scenario with one of the listed tools; anything else is refused."""
    known = SCENARIOS.get(scenario)
    if known is None:
        return refusal("browser.unknown", f"There is no browser scenario “{scenario[:40]}”.", forbidden=True)
    if find_hidden_in_name(url) is not None or "SECRET_REF(" in url:
        return refusal("browser.address", "The address cannot be used.", forbidden=True)
    try:
        address = parse_address(url)
        if address.endpoint not in context.allowed_hosts:
            raise BadAddress(f"{address.endpoint} is not one of the listed tools.")
        ip = look_up_listed(address, context)
    except (BadAddress, UnicodeDecodeError) as exc:
        return refusal("browser.address", str(exc), tier=Tier.CRITICAL_RED, forbidden=True)
    verdict = Verdict()
    verdict.note(
        known.tier,
        f"browser.{scenario}",
        known.says,
        risk="What the tool is set to now is replaced." if known.tier > Tier.GREEN else "",
        external=known.is_external,
    )
    # A page is fetched like anything else: `/logout` ends something, and `/wp-config.php.bak` is a file.
    judge_effect(verdict, "GET", address, "")
    return verdict.judgement(BrowseScenario(scenario, url, ip))
