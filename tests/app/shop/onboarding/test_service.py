"""The wizard's draft."""

import asyncio

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import OnboardingDraft
from letsbe_app.errors import InvalidInput
from letsbe_app.people.authz.actor import Actor
from letsbe_app.shop.onboarding.schemas import DraftChanges


async def test_a_fresh_draft_suggests_a_server_name(services: Services, owner: Actor) -> None:
    draft = await services.onboarding.draft(owner)

    assert (draft.server_name, draft.step, draft.tool_ids, draft.plan_id) == (
        "ada-s-bakery",
        "business",
        [],
        None,
    )


async def test_a_draft_can_be_left_and_resumed(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(business_description="Bread", step="tools"))
    await services.onboarding.save(owner, DraftChanges(plan_id="build"))
    draft = await services.onboarding.draft(owner)

    assert (draft.business_description, draft.step, draft.plan_id) == ("Bread", "tools", "build")


async def test_a_bundle_brings_its_tools_and_a_quote(services: Services, owner: Actor) -> None:
    draft = await services.onboarding.save(owner, DraftChanges(bundle_id="freelancer"))

    assert set(draft.tool_ids) == {"stalwart", "calcom", "nextcloud", "ghost", "umami"}
    assert draft.quote.smallest_plan is not None
    assert draft.quote.smallest_plan.id == "lite"


async def test_tools_can_be_changed_after_the_bundle(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="freelancer"))
    draft = await services.onboarding.save(owner, DraftChanges(tool_ids=["ghost", "plane", "ghost"]))

    assert (draft.bundle_id, draft.tool_ids) == ("freelancer", ["ghost", "plane"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (DraftChanges(bundle_id="gold"), "bundle_id"),
        (DraftChanges(tool_ids=["typewriter"]), "tool_ids"),
        (DraftChanges(plan_id="gold"), "plan_id"),
        (DraftChanges(server_name="../etc"), "server_name"),
    ],
)
async def test_a_wrong_value_is_named_and_nothing_is_kept(
    services: Services, owner: Actor, changes: DraftChanges, field: str
) -> None:
    before = await services.onboarding.draft(owner)
    with pytest.raises(InvalidInput) as refused:
        await services.onboarding.save(owner, changes)

    assert refused.value.details[0].field == field
    assert await services.onboarding.draft(owner) == before


async def test_drafts_of_two_businesses_do_not_meet(
    services: Services, owner: Actor, stranger: Actor
) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="agency"))

    assert (await services.onboarding.draft(stranger)).bundle_id is None


async def test_two_tabs_open_one_draft(services: Services, owner: Actor) -> None:
    drafts = await asyncio.gather(*(services.onboarding.draft(owner) for _ in range(6)))

    assert len({draft.server_name for draft in drafts}) == 1
    async with services.database.read() as session:
        assert len((await session.exec(select(OnboardingDraft))).all()) == 1
