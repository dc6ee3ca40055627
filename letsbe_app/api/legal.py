"""
Who runs this hub, what becomes of personal data, on which terms: notices that its operator publishes.

Pages are built once for every installation, so they link to the hub, which knows where the notices are.
"""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from letsbe_app.api.dependencies import HubServices
from letsbe_app.settings import LegalNotice

router = APIRouter(include_in_schema=False)

NOT_PUBLISHED: Final = "/legal"
"""The page that says so."""


@router.get("/legal/{notice}")
async def legal_notice(notice: LegalNotice, hub: HubServices) -> RedirectResponse:
    """On to the operator's notice."""
    return RedirectResponse(hub.settings.legal_url(notice) or NOT_PUBLISHED, status_code=302)
