"""The ways an alert can travel: a line in the log, an e-mail, a webhook. Each gives up after a time-out."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import httpx

from bot import logs
from bot.notify.alert import TIMEOUT_SECONDS, Alert, Carrier, NotDelivered
from bot.notify.outbox import Kind
from bot.services import alerts
from bot.services.ports import Storage
from bot.services.stored import OutboxItem
from bot.settings import Settings


class Console:
    """A line in the log of this process: always there, so that a clinic without e-mail sees something."""

    name = "console"

    def send(self, alert: Alert) -> None:
        """Cannot fail."""
        logs.get().warning(
            "staff_alert", reference=alert.reference, code=alert.kind, urgency="urgent" if alert.urgent else None
        )


class Webhook:
    """POSTs JSON; the receiver can drop a repeated `key`."""

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, alert: Alert) -> None:
        """Delivered when the receiver answers 2xx."""
        body = {
            "key": alert.key,
            "text": f"{alert.subject}. {alert.link}",
            "reference": alert.reference,
            "urgent": alert.urgent,
            "link": alert.link,
        }
        key = {"Idempotency-Key": alert.key}
        try:
            # Only the status counts: a body that drips in for ever must not hold up the next alert.
            with httpx.stream("POST", self._url, json=body, headers=key, timeout=TIMEOUT_SECONDS) as answer:
                status, taken = answer.status_code, answer.is_success
        except httpx.HTTPError as error:
            raise NotDelivered(type(error).__name__) from None
        if not taken:
            raise NotDelivered(str(status))


class Smtp:
    """Sends an e-mail; `smtp://user:password@host:587` starts TLS when there is a user, `smtps://` speaks it at once."""

    name = "smtp"

    def __init__(self, url: str, to: str, sender: str) -> None:
        self._url = url
        self._to = to
        self._sender = sender

    def send(self, alert: Alert) -> None:
        """Delivered when the server took it."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = alert.subject, self._sender, self._to
        mail["Message-ID"] = f"<{alert.key.replace(':', '.')}@palpate>"
        mail.set_content(f"{alert.subject}.\n\n{alert.link}\n")
        try:
            with server_of(self._url) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(type(error).__name__) from None


def server_of(url: str) -> smtplib.SMTP:
    """A session with the mail server of `smtp://user:password@host:587` or `smtps://…`.

    The server has to show a certificate for its name: smtplib by itself takes any, and whoever stands between would read
    the password and where a visitor goes. A house with a certificate authority of its own names it in `SSL_CERT_FILE`.
    """
    parts, known = urlsplit(url), ssl.create_default_context()
    host, port = parts.hostname or "localhost", parts.port
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=known)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
    if parts.username:
        if parts.scheme == "smtp":
            server.starttls(context=known)
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def carriers(settings: Settings) -> tuple[Carrier, ...]:
    """What this clinic has set up; the console is always among them."""
    found: list[Carrier] = [Console()]
    if settings.alert_webhook:
        found.append(Webhook(settings.alert_webhook))
    if settings.alert_smtp and settings.alert_to:
        found.append(Smtp(settings.alert_smtp, settings.alert_to, settings.clinic.email))
    return tuple(found)


def alert_kinds(
    storage: Storage, carriers: Sequence[Carrier], public_url: str, now: Callable[[], datetime]
) -> dict[str, Kind]:
    """How staff alerts leave: one item becomes one for each carrier, so that one that fails makes no other send twice."""

    def spread(item: OutboxItem) -> None:
        with storage() as uow:
            at = now()
            for carrier in carriers:
                key, kind = f"{item.key}:{carrier.name}", f"{alerts.KIND}.{carrier.name}"
                uow.outbox.add(OutboxItem(0, key, kind, {**item.payload, "key": item.key}, at, at))
            uow.commit()

    def by(carrier: Carrier) -> Kind:
        return Kind(lambda item: carrier.send(Alert.of(str(item.payload["key"]), item.payload, public_url)))

    return {alerts.KIND: Kind(spread), **{f"{alerts.KIND}.{carrier.name}": by(carrier) for carrier in carriers}}
