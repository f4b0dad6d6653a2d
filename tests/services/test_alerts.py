"""Alerts leave through the outbox: once when all is well, again when it was not, and without a word about health."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from datetime import timedelta

import pytest

from bot.domain.errors import StorageUnavailable
from bot.notify.alert import Alert, NotDelivered
from bot.notify.carriers import Console, Smtp, Webhook, alert_kinds, carriers
from bot.notify.outbox import Postman
from bot.settings import BadSettings, Settings

ALERT = Alert("alert:PLP-1:1", "PLP-1", True, "new", "https://desk.test/desk/handoffs/PLP-1")


class Collector:
    def __init__(self, *answers: bool, name: str = "collector") -> None:
        self.name = name
        self.sent: list[Alert] = []
        self.answers = list(answers)

    def send(self, alert: Alert) -> None:
        if self.answers and not self.answers.pop(0):
            raise NotDelivered("down")
        self.sent.append(alert)


def deliver(clinic, *collectors, minutes: int = 0) -> int:
    """One round of the postman, so many minutes later."""

    def now():
        return clinic.now + timedelta(minutes=minutes)

    kinds = alert_kinds(clinic.storage, collectors, "https://desk.test", now)
    postman = Postman(clinic.storage, kinds, now=now)
    return sum(iter(postman.deliver_due, 0))


def test_an_alert_is_sent_once_and_says_nothing_about_health(clinic):
    clinic.intake(rf=["RF-CES"])
    collector = Collector()
    assert deliver(clinic, collector) == 2  # spread to the carriers, then carried
    assert deliver(clinic, collector, minutes=60) == 0
    [alert] = collector.sent
    assert alert.urgent
    assert alert.subject == f"URGENT: {alert.reference}: a new hand-off waits for review"
    assert alert.link == f"https://desk.test/desk/handoffs/{alert.reference}"
    assert alert.key == f"alert:{alert.reference}:1"


def test_what_was_not_delivered_is_tried_again_later(clinic):
    clinic.intake()
    collector = Collector(False, False, True)
    for minutes in (0, 5, 10, 15):
        deliver(clinic, collector, minutes=minutes)
    assert len(collector.sent) == 1
    assert clinic.look(lambda uow: uow.outbox.waiting()) == 0


def test_a_carrier_that_fails_does_not_make_the_others_send_twice(clinic):
    clinic.intake()
    first, broken, last = Collector(name="one"), Collector(False, True, name="two"), Collector(name="three")
    for minutes in (0, 5, 10):
        deliver(clinic, first, broken, last, minutes=minutes)
    assert [len(one.sent) for one in (first, broken, last)] == [1, 1, 1]


def test_what_was_sent_and_could_not_be_noted_is_noted_later_and_not_sent_again(clinic, monkeypatch):
    clinic.intake()
    collector, full = Collector(), [True, True]
    with clinic.storage() as uow:
        outbox = type(uow.outbox)
    noted = outbox.sent

    def sent(self, item, **how):
        if collector.sent and full:
            full.pop()
            raise StorageUnavailable("full")
        noted(self, item, **how)

    monkeypatch.setattr(outbox, "sent", sent)
    kinds = alert_kinds(clinic.storage, (collector,), "https://desk.test", lambda: clinic.now)
    postman = Postman(clinic.storage, kinds, now=lambda: clinic.now, worker="us")
    for _ in (1, 2):
        with pytest.raises(StorageUnavailable):
            sum(iter(postman.deliver_due, 0))
        postman.begin()
    assert sum(iter(postman.deliver_due, 0)) == 1
    assert len(collector.sent) == 1
    assert clinic.look(lambda uow: uow.outbox.waiting()) == 0


def test_an_alert_about_no_hand_off_leads_to_its_page():
    alert = Alert.of("undelivered:7", {"event": "undelivered"}, "https://desk.test")
    assert alert.subject == "a message could not be delivered, please look"
    assert alert.link == "https://desk.test/desk/call-backs#undelivered"


@pytest.fixture
def receiver():
    """An HTTP server that remembers what it was sent and answers with `status`."""
    got: list[tuple[dict, dict]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        status = 200
        body_may_come = threading.Event()
        body_may_come.set()

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), json.loads(body)))
            self.send_response(self.status)
            self.end_headers()
            self.wfile.flush()
            self.body_may_come.wait(60)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", got, Handler
        server.shutdown()
        thread.join()


def test_a_webhook_gets_the_key_and_a_refusal_is_not_a_delivery(receiver):
    url, got, handler = receiver
    Webhook(url).send(ALERT)
    headers, body = got[0]
    assert headers["Idempotency-Key"] == ALERT.key
    assert body["text"].startswith("URGENT: PLP-1")
    handler.status = 500
    with pytest.raises(NotDelivered):
        Webhook(url).send(ALERT)
    with pytest.raises(NotDelivered):
        Webhook("http://127.0.0.1:9/").send(ALERT)


def test_a_webhook_whose_body_never_comes_holds_up_nobody(receiver):
    url, got, handler = receiver
    handler.body_may_come.clear()
    Webhook(url).send(ALERT)
    handler.body_may_come.set()
    assert len(got) == 1


def test_mail_goes_to_a_real_server():
    lines: list[str] = []

    class Server(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 hello\r\n")
            body = False
            while raw := self.rfile.readline():
                line = raw.decode().rstrip("\r\n")
                lines.append(line)
                if body and line == ".":
                    body = False
                    self.wfile.write(b"250 ok\r\n")
                elif body:
                    continue
                elif line.upper() == "DATA":
                    body = True
                    self.wfile.write(b"354 go on\r\n")
                elif line.upper() == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "staff@clinic.example", "desk@clinic.example").send(ALERT)
        thread.join()
    assert "Subject: URGENT: PLP-1: a new hand-off waits for review" in lines
    with pytest.raises(NotDelivered):
        Smtp("smtp://127.0.0.1:9", "a@b.example", "c@d.example").send(ALERT)


def test_what_the_clinic_set_up_carries(tmp_path):
    env = {"PALPATE_HOME": str(tmp_path)}
    assert [type(one) for one in carriers(Settings.from_env(env))] == [Console]
    full = {
        **env,
        "PALPATE_ALERT_WEBHOOK": "https://x.example/",
        "PALPATE_ALERT_SMTP": "smtp://mail.example",
        "PALPATE_ALERT_TO": "staff@x.example",
    }
    assert [type(one) for one in carriers(Settings.from_env(full))] == [Console, Webhook, Smtp]
    with pytest.raises(BadSettings):
        Settings.from_env({**env, "PALPATE_ALERT_WEBHOOK": "ftp://x"})
