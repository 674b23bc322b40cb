"""By e-mail: one plain message by SMTP, over TLS or to this machine, that says no more than that something waits."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from passerelle.channels.sending import NotSent, Outgoing, refused
from passerelle.words import sentence

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT_SECONDS = 10
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Email:
    """The mail server of an installation. Without encryption only on this machine."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""

    def check(self, address: str) -> None:
        """Raises AddressRefused for what is no plain address."""
        if not _ADDRESS.fullmatch(address) or ".." in address:
            raise refused(address)

    def send(self, message: Outgoing, *, now: datetime) -> None:
        """Hand it to the server. Raises NotSent."""
        self.check(message.to)
        if self.security == "none" and self.host not in LOOPBACK:
            raise NotSent("smtp.unencrypted", sentence("Mail leaves this machine by an encrypted way only."))
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"], letter["Subject"] = self.sender, message.to, message.subject
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2] or 'passerelle'}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        try:
            with self._opened() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(letter, self.sender, [message.to])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0] if error.recipients else 0
            raise NotSent(
                f"smtp.recipient_{code}", sentence("The mail server takes nothing for this address."),
                for_good=code >= 500,
            ) from error  # fmt: skip
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"smtp.{error.smtp_code}", sentence("The mail server refused.")) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotSent(
                f"smtp.{type(error).__name__}", sentence("The mail server could not be reached.")
            ) from error

    def _opened(self) -> smtplib.SMTP:
        safe = ssl.create_default_context()
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=safe)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.security == "starttls":
            server.starttls(context=safe)
        return server
