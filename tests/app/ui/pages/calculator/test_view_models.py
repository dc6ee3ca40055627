"""The calculator's summary says what the quote says."""

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.ui.pages.calculator.view_models import QuoteView, quote_view

CATALOG = Catalog.load()


def test_nothing_chosen_still_names_what_the_server_itself_needs() -> None:
    view = quote_view(CATALOG.quote([]))
    assert (view.tool_count, view.plan_id, view.too_small) == (0, "lite", [])


def test_summary_of_a_bundle_that_fits_the_smallest_plan() -> None:
    quote = CATALOG.quote(["ghost", "umami"])
    # 400 + 250 tools, 600 shared databases, 1900 platform; a fifth more.
    assert quote.ram_needed_mb == 3780
    assert quote_view(quote) == QuoteView(
        tool_count=2,
        count_text="2 tools",
        plan_id="lite",
        plan_text="The Lite plan fits",
        price_text="EUR 29",
        memory_text="3.7 of 8 GB",
        memory_percent=46,
        is_memory_tight=False,
        disk_text=f"{quote.disk_needed_gb:.1f} of 160 GB",
        disk_percent=round(100 * quote.disk_needed_gb / 160),
        is_disk_tight=False,
        too_small=[],
    )


def test_a_plan_that_does_not_fit_says_why() -> None:
    view = quote_view(CATALOG.quote(["plane", "odoo", "chatwoot", "calcom"]))
    assert view.plan_id == "build"
    assert len(view.too_small) == 1
    assert view.too_small[0].startswith("Lite: Too small")


def test_everything_at_once_fits_some_plan_and_meters_stay_within_their_frame() -> None:
    view = quote_view(CATALOG.quote([tool.id for tool in CATALOG.tools]))
    assert view.tool_count == 25
    assert 0 < view.memory_percent <= 100
    assert 0 < view.disk_percent <= 100


def test_the_summary_is_about_the_plan_that_is_taken_while_it_fits() -> None:
    view = quote_view(CATALOG.quote(["ghost"]), "scale")
    assert (view.plan_id, view.plan_text, view.price_text) == ("scale", "The Scale plan", "EUR 75")
    heavy = CATALOG.quote(["plane", "odoo", "chatwoot", "calcom"])
    assert quote_view(heavy, "lite").plan_id == "build"
