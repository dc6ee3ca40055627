"""Reading the practice outbox."""

import re

from letsbe_app.composition import Services
from letsbe_app.people.mail.mailer import OutboxMailer


async def mails_to(services: Services, email: str) -> list[str]:
    """Subject and text of the mails to an address, the newest first, once all are handed over."""
    await services.post.settle()
    outbox = OutboxMailer(services.settings.mail_dir, services.settings.mail_from)
    return [f"{mail['Subject']}\n{mail.get_content()}" for mail in outbox.newest(100) if mail["To"] == email]


async def token_for(services: Services, email: str, page: str) -> str:
    """The token in the newest mail that links to this page."""
    for text in await mails_to(services, email):
        if found := re.search(rf"/{page}#(\S+)", text):
            return found[1]
    raise AssertionError(f"no mail to {email} links to /{page}")
