"""The calculator: exact at its edges."""

from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.shop.catalog.calculator import calculate
from letsbe_app.shop.catalog.schemas import Plan, Platform, Tool
from letsbe_app.shop.catalog.service import Catalog

CATALOG = Catalog.load()
PLATFORM = Platform.model_validate(
    {
        "headroom_percent": 20,
        "disk_gb": 10,
        "ram_mb": {"system": 1000},
        "shared_services": {"ram_mb": 600, "disk_gb": 5},
    }
)


def tool(ram_mb: int, disk_gb: int, *needs: str, name: str = "tool") -> Tool:
    return Tool(
        id=name,
        name=name,
        category="x",
        description="x",
        ram_mb=ram_mb,
        disk_gb=disk_gb,
        needs=needs,
        has_agent_access=False,
    )


def plan(ram_gb: int, disk_gb: int, name: str = "plan") -> Plan:
    return Plan(
        id=name,
        name=name,
        price_cents=1,
        tokens_millions=1,
        founding_tokens_millions=2,
        vcpus=1,
        ram_gb=ram_gb,
        disk_gb=disk_gb,
        tools_advice="",
        description="",
    )


def test_ram_and_disk_add_up_with_headroom() -> None:
    quote = calculate([tool(500, 5), tool(300, 2, name="other")], [plan(8, 100)], PLATFORM)

    assert (quote.ram_mb, quote.disk_gb) == (1800, 17)
    assert (quote.ram_needed_mb, quote.disk_needed_gb) == (2160, 21)  # 20.4 GB, rounded up
    assert not quote.has_shared_services


def test_shared_databases_count_once_however_many_tools_use_them() -> None:
    one = calculate([tool(100, 1, "postgresql")], [], PLATFORM)
    two = calculate(
        [tool(100, 1, "postgresql"), tool(100, 1, "mariadb", "redis", name="other")], [], PLATFORM
    )

    assert one.ram_mb == 1000 + 100 + 600
    assert two.ram_mb == 1000 + 200 + 600
    assert two.disk_gb == 10 + 2 + 5


def test_a_plan_that_is_exactly_large_enough_fits() -> None:
    exactly = calculate([tool(2560 - 1000, 15)], [plan(3, 30)], PLATFORM)
    one_more = calculate([tool(2561 - 1000, 15)], [plan(3, 30)], PLATFORM)

    assert exactly.ram_needed_mb == 3 * 1024
    assert exactly.smallest_plan == plan(3, 30)
    assert one_more.smallest_plan is None
    assert one_more.fits[0].why == "Too small: your tools need 3.1 GB of memory (it has 3 GB)."


def test_the_smallest_plan_that_fits_is_named_and_the_others_say_why() -> None:
    plans = [plan(2, 10, "small"), plan(4, 100, "middle"), plan(8, 200, "large")]
    quote = calculate([tool(1000, 20)], plans, PLATFORM)

    assert quote.smallest_plan == plans[1]
    assert [fit.is_fit for fit in quote.fits] == [False, True, True]
    assert quote.fits[0].why == (
        "Too small: your tools need 2.4 GB of memory (it has 2 GB) and 36 GB of disk (it has 10 GB)."
    )
    assert quote.fits[1].why.startswith("Fits: 2.4 of 4 GB of memory and 36 of 100 GB of disk")


def test_without_tools_the_platform_alone_counts() -> None:
    quote = CATALOG.quote([])

    assert quote.ram_needed_mb == 2280
    assert quote.smallest_plan == CATALOG.plans[0]


def test_all_tools_at_once_need_scale() -> None:
    quote = CATALOG.quote([tool.id for tool in CATALOG.tools])

    assert quote.ram_needed_mb == 20_364
    assert quote.smallest_plan is not None
    assert quote.smallest_plan.id == "scale"


@given(st.sets(st.sampled_from([tool.id for tool in CATALOG.tools])), st.sampled_from(CATALOG.tools))
def test_one_more_tool_never_needs_less(tool_ids: set[str], another: Tool) -> None:
    fewer, more = CATALOG.quote(tool_ids), CATALOG.quote({*tool_ids, another.id})

    assert more.ram_needed_mb >= fewer.ram_needed_mb
    assert more.disk_needed_gb >= fewer.disk_needed_gb
    assert sum(fit.is_fit for fit in more.fits) <= sum(fit.is_fit for fit in fewer.fits)
    for fit in more.fits:
        assert fit.is_fit == (
            more.ram_needed_mb <= fit.plan.ram_mb and more.disk_needed_gb <= fit.plan.disk_gb
        )
