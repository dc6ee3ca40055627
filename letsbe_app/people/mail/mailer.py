"""Who carries mail: an SMTP server, or the practice outbox, which keeps it on this machine."""

import asyncio
import smtplib
import ssl
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger()

TIMEOUT_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Mail:
    """One message to one person. Its text may hold a link that opens an account: never log it."""

    to: str
    subject: str
    text: str = field(repr=False)


class MailFailed(Exception):
    """The mail could not be handed over; trying again may help."""


class Mailer(Protocol):
    """Hands mail over."""

    async def send(self, mail: Mail) -> None:
        """Send it; raises MailFailed."""


class SmtpMailer:
    """By an SMTP server: ``smtps://`` (TLS), or ``smtp://`` with STARTTLS, which it must offer."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        try:
            await asyncio.to_thread(self._send, message_of(mail, self._sender))
        except (OSError, smtplib.SMTPException) as exc:
            raise MailFailed(type(exc).__name__) from exc

    def _send(self, message: EmailMessage) -> None:
        host, context = self._parts.hostname or "", ssl.create_default_context()
        if self._parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._parts.port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(host, self._parts.port or 587, timeout=TIMEOUT_SECONDS)
        with connection:
            if self._parts.scheme == "smtp" and host not in {"localhost", "127.0.0.1"}:
                connection.starttls(context=context)
            if self._parts.username:
                connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            connection.send_message(message)


class OutboxMailer:
    """Keeps mail in a folder of this machine, for practice: nothing leaves, and only its user can read it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        try:
            await asyncio.to_thread(self._keep, message_of(mail, self._sender))
        except OSError as exc:
            raise MailFailed(type(exc).__name__) from exc

    def _keep(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{time.time_ns()}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(message))
        log.info("mail.kept", file=path.name)

    def newest(self, count: int = 10) -> list[EmailMessage]:
        """The newest mails, the newest first."""
        import email
        from email import policy

        files = sorted(self._folder.glob("*.eml"), reverse=True)[:count]
        return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it travels; raises ValueError for a line break in a header."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="letsbe.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
