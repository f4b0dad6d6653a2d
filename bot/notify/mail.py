"""E-mail to visitors about their visits: over the same mail server as the alerts, with the calendar entry attached."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

from bot.notify.alert import NotDelivered, Refused
from bot.notify.carriers import server_of
from bot.notify.outbox import Kind
from bot.services.stored import OutboxItem
from bot.settings import Settings

KIND = "visitor_mail"
# What a visitor gave as their address may name nobody else beside them.
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+")


def kind(settings: Settings) -> Kind:
    """Sends `{"to", "subject", "text", "ics"?}`; the receiver drops repeats by the message id, which is the item's key."""

    def send(item: OutboxItem) -> None:
        mail, told = EmailMessage(), item.payload
        if not _ONE_ADDRESS.fullmatch(str(told["to"])):
            raise Refused("address_refused")
        mail["Subject"], mail["From"], mail["To"] = _line(told["subject"]), _line(settings.clinic.email), told["to"]
        mail["Message-ID"] = f"<{item.key.replace(':', '.')}@palpate>"
        mail.set_content(str(told["text"]))
        if told.get("ics"):
            mail.add_attachment(str(told["ics"]), subtype="calendar", filename="visit.ics")
        try:
            with server_of(settings.alert_smtp) as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused:
            raise Refused("address_refused") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(type(error).__name__) from None

    return Kind(send)


def _line(text: object) -> str:
    """The text in one line: a header has no second one."""
    return " ".join(str(text).split())
