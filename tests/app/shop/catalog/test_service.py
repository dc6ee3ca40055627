"""The catalogue's data against the product's facts."""

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.shop.catalog.service import Catalog

CATALOG = Catalog.load()

# The product facts, written down a second time on purpose: name -> (MB, GB).
TOOLS = {
    "Chatwoot": (1200, 8),
    "Ghost": (400, 4),
    "Nextcloud": (700, 20),
    "Cal.com": (900, 4),
    "Odoo": (1200, 10),
    "Listmonk": (200, 2),
    "Portainer": (100, 1),
    "Stalwart Mail": (250, 10),
    "NocoDB": (400, 3),
    "Umami": (250, 3),
    "Keycloak": (900, 2),
    "Activepieces": (800, 4),
    "MinIO": (400, 10),
    "Documenso": (500, 4),
    "Vaultwarden": (80, 1),
    "Gitea": (250, 6),
    "GlitchTip": (500, 6),
    "Uptime Kuma": (200, 2),
    "Diun": (40, 1),
    "LibreChat": (700, 4),
    "Squidex": (700, 4),
    "WordPress": (400, 6),
    "Drone CI": (150, 4),
    "Plane": (3000, 10),
    "BookStack": (250, 3),
}
PLANS = {
    "Lite": (2900, 8, 16, 4, 8, 160),
    "Build": (4500, 15, 30, 8, 16, 320),
    "Scale": (7500, 25, 50, 12, 32, 640),
    "Enterprise": (10900, 40, 80, 16, 64, 1200),
}
BUNDLES = {
    "Freelancer": {"stalwart", "calcom", "nextcloud", "ghost", "umami"},
    "Agency": {"chatwoot", "ghost", "nextcloud", "calcom", "listmonk", "plane", "umami"},
    "Online shop": {"odoo", "chatwoot", "listmonk", "umami", "nextcloud"},
    "Consulting": {"calcom", "nextcloud", "documenso", "nocodb", "stalwart", "listmonk"},
    "Local business": {"wordpress", "calcom", "chatwoot", "listmonk", "umami"},
}


def test_tools_are_those_of_the_product_with_their_sizes() -> None:
    assert {tool.name: (tool.ram_mb, tool.disk_gb) for tool in CATALOG.tools} == TOOLS


def test_plans_are_those_of_the_product() -> None:
    assert {
        plan.name: (
            plan.price_cents,
            plan.tokens_millions,
            plan.founding_tokens_millions,
            plan.vcpus,
            plan.ram_gb,
            plan.disk_gb,
        )
        for plan in CATALOG.plans
    } == PLANS


def test_bundles_are_those_of_the_product() -> None:
    assert {bundle.name: set(bundle.tools) for bundle in CATALOG.bundles} == BUNDLES


def test_twelve_tools_can_be_operated_by_agents() -> None:
    assert sum(tool.has_agent_access for tool in CATALOG.tools) == 12


def test_the_platform_needs_what_the_product_says() -> None:
    platform = CATALOG.platform

    assert platform.ram_mb == {"openclaw": 1100, "daemon": 150, "web_server": 50, "system": 600}
    assert (platform.disk_gb, platform.headroom_percent) == (15, 20)
    assert (platform.shared_services.ram_mb, platform.shared_services.disk_gb) == (600, 5)


def test_every_tool_is_described_in_one_sentence() -> None:
    for tool in CATALOG.tools:
        assert tool.description.endswith("."), tool.id
        assert tool.description.count(". ") == 0, tool.id


@pytest.mark.parametrize("bundle", CATALOG.bundles, ids=lambda bundle: bundle.id)
def test_every_bundle_fits_a_plan(bundle: object) -> None:
    assert CATALOG.quote(bundle.tools).smallest_plan is not None  # type: ignore[attr-defined]


def test_unknown_names_are_refused_with_their_field() -> None:
    for call, field in (
        (lambda: CATALOG.plan("gold"), "plan_id"),
        (lambda: CATALOG.bundle("gold"), "bundle_id"),
        (lambda: CATALOG.quote(["ghost", "typewriter"]), "tool_ids"),
    ):
        with pytest.raises(InvalidInput) as refused:
            call()
        assert refused.value.details[0].field == field


def test_a_tool_named_twice_counts_once() -> None:
    assert CATALOG.quote(["ghost", "ghost"]) == CATALOG.quote(["ghost"])


def test_a_catalogue_with_a_name_used_twice_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Catalog([*CATALOG.plans, CATALOG.plans[0]], CATALOG.tools, CATALOG.bundles, CATALOG.platform)

    with pytest.raises(ValueError, match="used twice"):
        broken._check()


def test_a_bundle_with_an_unknown_tool_does_not_load() -> None:
    tools = [tool for tool in CATALOG.tools if tool.id != "ghost"]

    with pytest.raises(ValueError, match="unknown tools"):
        Catalog(CATALOG.plans, tools, CATALOG.bundles, CATALOG.platform)._check()
