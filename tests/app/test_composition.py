"""The composition root."""

import dataclasses
import os
from pathlib import Path

from letsbe_app.composition import Services, build_services
from tests.support.hub import hub_settings


async def test_building_touches_neither_database_nor_redis(tmp_path: Path) -> None:
    services = build_services(hub_settings(tmp_path, "redis://127.0.0.1:1/0"))
    await services.close()

    assert os.listdir(tmp_path) == ["keys"]


def test_every_service_is_there() -> None:
    names = {field.name for field in dataclasses.fields(Services)}

    assert names >= {
        "accounts",
        "agents",
        "approvals",
        "billing",
        "catalog",
        "conversations",
        "onboarding",
        "orders",
        "provisioning",
        "tenants",
        "usage",
    }
