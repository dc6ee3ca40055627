"""The wizard's draft: one per customer, kept after every page, so that it can be left and resumed."""

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, OnboardingDraft
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding import repository
from letsbe_app.shop.onboarding.classifier import built_in_keywords, classify
from letsbe_app.shop.onboarding.schemas import DraftChanges, DraftView, Suggestion
from letsbe_app.shop.onboarding.server_name import checked_server_name, suggested_server_name
from letsbe_app.shop.onboarding.suggestion import suggestion_of

DESCRIPTION_MAX_LENGTH = 4_000


class OnboardingService:
    """Drafts and suggestions."""

    def __init__(self, database: Database, catalog: Catalog, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._catalog = catalog
        self._clock = clock

    def suggest(self, description: str) -> Suggestion:
        """A bundle for a business described in its owner's words, in English or German."""
        if len(description) > DESCRIPTION_MAX_LENGTH:
            raise InvalidInput.of_field(
                "business_description", f"Use at most {DESCRIPTION_MAX_LENGTH} characters."
            )
        return suggestion_of(classify(description, built_in_keywords()), self._catalog)

    async def draft(self, actor: Actor) -> DraftView:
        """The actor's draft; a fresh one when there is none."""
        require(actor, Permission.BUY)
        async with self._database.read() as session:
            draft = await repository.draft_of(session, actor.customer_id)
        if draft is None:
            async with self._database.write() as session:
                draft = await self._draft_for_change(session, actor)
        return self._view(draft)

    async def save(self, actor: Actor, changes: DraftChanges) -> DraftView:
        """
        Keep what the customer chose on a page.

        Choosing a bundle without tools takes the bundle's tools.

        Raises:
            InvalidInput: A value cannot be used; nothing is kept then.
        """
        require(actor, Permission.BUY)
        values = self._checked(changes)
        async with self._database.write() as session:
            draft = await self._draft_for_change(session, actor)
            for name, value in values.items():
                setattr(draft, name, value)
            draft.updated_at = self._clock()
            session.add(draft)
        return self._view(draft)

    async def start_over(self, session: AsyncSession, customer_id: str) -> None:
        """Drop the customer's draft, within the transaction that placed its order."""
        draft = await repository.draft_of(session, customer_id)
        if draft is not None:
            await session.delete(draft)

    def _checked(self, changes: DraftChanges) -> dict[str, object]:
        values = changes.model_dump(exclude_none=True)
        if changes.bundle_id is not None:
            bundle = self._catalog.bundle(changes.bundle_id)
            values.setdefault("tool_ids", list(bundle.tools))
        if "tool_ids" in values:
            values["tool_ids"] = [tool.id for tool in self._catalog.tools_of(values["tool_ids"])]
        if changes.plan_id is not None:
            self._catalog.plan(changes.plan_id)
        if changes.server_name is not None:
            values["server_name"] = checked_server_name(changes.server_name)
        return values

    async def _draft_for_change(self, session: AsyncSession, actor: Actor) -> OnboardingDraft:
        draft = await repository.draft_of(session, actor.customer_id)
        if draft is None:
            customer = await session.get_one(Customer, actor.customer_id)
            draft = OnboardingDraft(
                id=new_id("drf"),
                customer_id=actor.customer_id,
                server_name=suggested_server_name(customer.name),
                updated_at=self._clock(),
            )
            try:
                async with session.begin_nested():
                    session.add(draft)
            except IntegrityError:
                # A second tab was first.
                return await self._draft_for_change(session, actor)
        return draft

    def _view(self, draft: OnboardingDraft) -> DraftView:
        return DraftView(
            business_description=draft.business_description,
            bundle_id=draft.bundle_id,
            tool_ids=list(draft.tool_ids),
            plan_id=draft.plan_id,
            server_name=draft.server_name,
            step=draft.step,
            quote=self._catalog.quote(draft.tool_ids),
            updated_at=draft.updated_at,
        )
