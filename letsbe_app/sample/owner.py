"""Makes the sample owner, or finds her again: whatever was done before stays as it is."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from letsbe_app.composition import Services
from letsbe_app.db.models import OrderStatus, TenantStatus
from letsbe_app.errors import Conflict, WrongCredentials
from letsbe_app.fleet.provisioning.schemas import Progress
from letsbe_app.kit.keyfile import load_or_create_key
from letsbe_app.people.accounts.schemas import SignUp
from letsbe_app.people.accounts.second_factor import SecondFactorNeeded
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.channels import customer_channel
from letsbe_app.shop.onboarding.schemas import DraftChanges

EMAIL: Final = "owner@letsbe.localhost"
BUSINESS: Final = "Sample Bakery"
BUNDLE: Final = "local-business"
DESCRIPTION: Final = "A bakery in a small town: bread, cakes to order, and a few tables for coffee."
PASSWORD_FILE: Final = "sample-owner-password"  # noqa: S105
_LOOK_AGAIN_SECONDS: Final = 5.0


class SampleFailed(Exception):
    """The sample could not be made; says why."""


class SampleSlow(SampleFailed):
    """Her server is still being set up; the pages show how far it is."""


class SampleTaken(SampleFailed):
    """Somebody made the account their own: it has another password, or a second factor."""


@dataclass(frozen=True)
class Sample:
    """Who the sample owner is, and where her password lies."""

    email: str
    password_file: Path
    order_id: str


async def make_sample(services: Services) -> Sample:
    """
    The sample owner with a paid order.

    Raises:
        SampleTaken: We cannot sign in as her; nothing was changed.
        Conflict: There is no room for her server.
    """
    actor = await _owner(services)
    order_id = await _paid_order(services, actor)
    await services.accounts.sign_out(actor)
    return Sample(EMAIL, services.settings.keys_dir / PASSWORD_FILE, order_id)


async def wait_until_ready(services: Services, timeout_seconds: float) -> None:
    """
    Wait until the sample owner can talk to her agents.

    Raises:
        SampleFailed: Her server could not be set up.
        SampleSlow: It needs longer.
    """
    actor = await _owner(services)
    try:
        async with asyncio.timeout(timeout_seconds), services.relay.subscriber.mailbox() as mailbox:
            await services.relay.subscriber.follow(mailbox, customer_channel(actor.customer_id))
            while not await _is_ready(services, actor):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                        await mailbox.get()
    except TimeoutError as exc:
        raise SampleSlow(f"The server was not ready within {timeout_seconds:.0f} s.") from exc
    finally:
        await services.accounts.sign_out(actor)


async def _owner(services: Services) -> Actor:
    password = _password(services)
    try:
        # Her mail goes nowhere. Who reads the file with her password is on this machine.
        return (await services.accounts.sign_in(EMAIL, password, has_read_mail=True)).actor
    except SecondFactorNeeded as exc:
        raise SampleTaken(f"{EMAIL} has a second factor.") from exc
    except WrongCredentials:
        pass
    try:
        return (await services.accounts.sign_up(SignUp(BUSINESS, EMAIL, password))).actor
    except Conflict as exc:
        raise SampleTaken(
            f"{EMAIL} has another password than the one in {services.settings.keys_dir / PASSWORD_FILE}."
        ) from exc


def _password(services: Services) -> str:
    return load_or_create_key(services.settings.keys_dir, PASSWORD_FILE, make=_new_password).decode()


def _new_password() -> bytes:
    return secrets.token_urlsafe(12).encode()


async def _paid_order(services: Services, actor: Actor) -> str:
    for order in await services.orders.list(actor):
        if order.status == OrderStatus.FAILED:
            await services.provisioning.retry(actor, order.id)
        if order.status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED):
            return order.id
    await services.onboarding.save(
        actor,
        DraftChanges(bundle_id=BUNDLE, business_description=DESCRIPTION, server_name="sample-bakery"),
    )
    order = await services.orders.place(actor)
    await services.billing.pay_practice(actor, order.id)
    return order.id


async def _is_ready(services: Services, actor: Actor) -> bool:
    for tenant in await services.tenants.list(actor):
        if tenant.status == TenantStatus.FAILED:
            progress: Progress = await services.provisioning.progress(actor, tenant.order_id)
            raise SampleFailed(f"Her server could not be set up: {progress.failure}")
        if tenant.status == TenantStatus.ACTIVE and tenant.is_ready:
            return True
    return False
