"""
What people and agents say, sealed before it is stored: a random key for each server.

Servers' keys lie in the database, sealed with the hub's own. So a copy of the database alone tells nothing,
a new key of the hub rewrites one short value per server, and throwing a server's key away makes everything
that was said there unreadable, in every backup too.
"""

import os
from collections import OrderedDict
from typing import Final

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Tenant
from letsbe_app.kit.secret_box import SecretBox

_KEPT_KEYS: Final = 10_000
_PAGE: Final = 500
_MARK: Final = "box1."


class Content:
    """Seals and opens the texts of one server."""

    def __init__(self, key: bytes) -> None:
        self._box = SecretBox([key])

    def seal(self, text: str, place: str) -> str:
        """
        Args:
            text: What to keep; empty stays empty.
            place: Where it will lie, such as ``message.text:msg_01``; it opens nowhere else.
        """
        return self._box.seal(text.encode(), place) if text else ""

    def open(self, stored: str, place: str) -> str:
        """
        The text; what was stored before texts were sealed comes back as it is.

        Raises:
            CannotOpen: It is not what was sealed for this place.
        """
        return self._box.open(stored, place).decode() if stored.startswith(_MARK) else stored


class TenantContent:
    """Hands out the ``Content`` of a server. One per process; remembers the keys that it has opened."""

    def __init__(self, hub_box: SecretBox) -> None:
        self._hub_box = hub_box
        self._known: OrderedDict[str, Content] = OrderedDict()

    async def of(self, session: AsyncSession, tenant_id: str) -> Content:
        """
        For reading what lies there.

        Raises:
            CannotOpen: The hub no longer has the key that sealed the server's.
        """
        known = self._known.get(tenant_id)
        if known is not None:
            self._known.move_to_end(tenant_id)
            return known
        sealed_key = await _sealed_key(session, tenant_id)
        # Without a key nothing was sealed yet, so that any key serves.
        return self._remembered(tenant_id, sealed_key) if sealed_key else Content(os.urandom(32))

    async def for_writing(self, session: AsyncSession, tenant_id: str) -> Content:
        """The same in a unit of work; the server's first one makes its key. Raises as ``of``."""
        if tenant_id in self._known:
            return await self.of(session, tenant_id)
        sealed_key = await _sealed_key(session, tenant_id)
        if sealed_key:
            return self._remembered(tenant_id, sealed_key)
        await _replace_key(session, tenant_id, "", self._hub_box.seal(os.urandom(32), _place(tenant_id)))
        # Read again, since another worker may have been first; and not remembered, since this unit of work
        # may still be rolled back.
        return Content(self._hub_box.open(await _sealed_key(session, tenant_id), _place(tenant_id)))

    async def reseal(self, session: AsyncSession) -> int:
        """Seal every server's key with the hub's newest one; how many had an older one."""
        count, last = 0, ""
        while page := await _keys_after(session, last):
            for tenant_id, sealed_key in page:
                if not self._hub_box.is_current(sealed_key):
                    key = self._hub_box.open(sealed_key, _place(tenant_id))
                    newest = self._hub_box.seal(key, _place(tenant_id))
                    await _replace_key(session, tenant_id, sealed_key, newest)
                    count += 1
            last = page[-1][0]
        return count

    def _remembered(self, tenant_id: str, sealed_key: str) -> Content:
        content = Content(self._hub_box.open(sealed_key, _place(tenant_id)))
        self._known[tenant_id] = content
        if len(self._known) > _KEPT_KEYS:
            self._known.popitem(last=False)
        return content


def _place(tenant_id: str) -> str:
    return f"tenant.content_key:{tenant_id}"


async def _sealed_key(session: AsyncSession, tenant_id: str) -> str:
    return (await session.exec(select(Tenant.content_key).where(Tenant.id == tenant_id))).one()


async def _keys_after(session: AsyncSession, tenant_id: str) -> list[tuple[str, str]]:
    statement = (
        select(Tenant.id, Tenant.content_key)
        .where(col(Tenant.id) > tenant_id, Tenant.content_key != "")
        .order_by(col(Tenant.id))
        .limit(_PAGE)
    )
    return list((await session.exec(statement)).all())


async def _replace_key(session: AsyncSession, tenant_id: str, old: str, new: str) -> None:
    # Only what was there: two workers that make a key at the same time end with one.
    await session.exec(
        update(Tenant)
        .where(col(Tenant.id) == tenant_id, col(Tenant.content_key) == old)
        .values(content_key=new)
        .execution_options(synchronize_session=False)
    )
