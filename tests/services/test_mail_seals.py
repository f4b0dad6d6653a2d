"""A mail server has to show who it is before it hears a password or where a visitor goes."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.notify.alert import Alert, NotDelivered
from bot.notify.carriers import Smtp

ALERT = Alert("handoff:PLP-1:1", "PLP-1", False, "new", "https://desk.test/desk/handoffs/PLP-1")


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but its maker vouches for, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "mail.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path


_ANSWERS = {"DATA": b"354 go on\r\n", "AUTH": b"235 in\r\n", "QUIT": b"221 bye\r\n"}


class MailServer:
    """Takes one mail over TLS, from the first byte on or after STARTTLS; `heard` is all that came to it sealed."""

    def __init__(self, pem: Path, *, at_once: bool) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(pem)
        self._at_once = at_once
        self.heard: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "smtps" if at_once else "smtp"
        self.url = f"{scheme}://user:secret@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    @contextlib.contextmanager
    def serving(self) -> Iterator[MailServer]:
        self._thread.start()
        try:
            yield self
        finally:
            self._thread.join()
            self._listener.close()

    def _serve(self) -> None:
        line, _ = self._listener.accept()
        with contextlib.ExitStack() as lines, contextlib.suppress(ssl.SSLError, ConnectionError):
            lines.enter_context(line)
            line = lines.enter_context(self._sealed(line)) if self._at_once else line
            line.sendall(b"220 hello\r\n")
            self._talk(line, lines)

    def _sealed(self, line: socket.socket) -> ssl.SSLSocket:
        return self._tls.wrap_socket(line, server_side=True)

    def _talk(self, line: socket.socket, lines: contextlib.ExitStack) -> None:
        letter, sealed = False, self._at_once
        reading = line.makefile("rb")
        while raw := reading.readline():
            said = raw.decode().strip()
            word = said.split(" ")[0].upper()
            if sealed:
                self.heard.append(said)
            if letter and said != ".":
                continue
            letter = word == "DATA"
            if word == "EHLO":
                line.sendall(b"250-mail\r\n250-AUTH PLAIN\r\n" + (b"250 OK\r\n" if sealed else b"250 STARTTLS\r\n"))
            elif word == "STARTTLS":
                line.sendall(b"220 go on\r\n")
                line, sealed = lines.enter_context(self._sealed(line)), True
                reading = line.makefile("rb")
            else:
                line.sendall(_ANSWERS.get(word, b"250 ok\r\n"))


@pytest.mark.parametrize("at_once", [True, False], ids=["smtps", "starttls"])
def test_a_server_that_cannot_show_who_it_is_hears_nothing(tmp_path: Path, at_once: bool) -> None:
    refused = pytest.raises(NotDelivered, match="SSLCertVerificationError")
    with MailServer(certificate(tmp_path), at_once=at_once).serving() as server, refused:
        Smtp(server.url, "staff@clinic.example", "desk@clinic.example").send(ALERT)
    assert server.heard == []


@pytest.mark.parametrize("at_once", [True, False], ids=["smtps", "starttls"])
def test_one_that_the_house_vouches_for_gets_it(tmp_path: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with MailServer(pem, at_once=at_once).serving() as server:
        Smtp(server.url, "staff@clinic.example", "desk@clinic.example").send(ALERT)
    assert "Subject: PLP-1: a new hand-off waits for review" in server.heard
