"""A new key of the hub: one command brings everything under it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from letsbe_app.composition import Services, build_services
from letsbe_app.kit.keyfile import new_key
from letsbe_app.kit.secret_box import key_line
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import paid_order

ROOT = Path(__file__).resolve().parents[2]


def reseal(services: Services) -> str:
    settings = services.settings
    done = subprocess.run(
        [sys.executable, "-m", "letsbe_app", "reseal"],
        cwd=ROOT,
        env={
            **os.environ,
            "LETSBE_DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "REDIS_URL": settings.redis_url.get_secret_value(),
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.slow
async def test_old_key_can_go_when_everything_is_under_the_new_one(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.agents.create_defaults(tenant_id)
    conversation = await services.conversations.start(owner, tenant_id, "sales")
    await services.conversations.send(owner, conversation.id, "Two marzipan cakes")
    await services.second_factors.begin(owner)

    keys = services.settings.keys_dir / "secrets.keys"
    new = key_line(new_key())
    keys.write_bytes(new + keys.read_bytes())
    assert reseal(services) == "2 sealed anew."
    assert reseal(services) == "0 sealed anew."

    keys.write_bytes(new)
    later = build_services(services.settings)
    try:
        (message,) = (await later.conversations.messages(owner, conversation.id)).items
        assert message.text == "Two marzipan cakes"
    finally:
        await later.close()
