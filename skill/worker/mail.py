"""Sends e-mail through the merchant's SMTP server."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from skill.worker.delivery import Undeliverable

TIMEOUT_S = 10.0
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class SmtpMail:
    """A carrier of e-mail. `url` is smtp://[user:password@]host[:port] or smtps://; `sender` the From line.

    Over smtp:// the connection is encrypted when the server offers it, and always before a password is sent.
    """

    url: str
    sender: str

    def __call__(self, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """Send {to, subject, text}. Raises Undeliverable when the address is refused for good, OSError else.

        The Message-ID is the same for every attempt, so that a mailbox can tell a repeat.
        """
        message = self._message(message_id, payload)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _reason in error.recipients.values()):
                raise Undeliverable("the address was refused") from error
            raise
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise Undeliverable(f"the mail server refused it ({error.smtp_code})") from error
            raise

    def _message(self, message_id: UUID, payload: Mapping[str, Any]) -> EmailMessage:
        message = EmailMessage()
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        try:
            message["Message-ID"] = f"<{message_id}@{domain}>"
            message["From"], message["To"] = self.sender, str(payload["to"])
            message["Subject"] = str(payload["subject"])
        except (KeyError, ValueError) as error:  # a line break in a header, or no address at all
            raise Undeliverable("the message has no valid address or subject") from error
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: no vacation answers, please
        message.set_content(str(payload.get("text", "")))
        return message

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls") or parts.username:
                server.starttls(context=context)
                server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server
