"""A real Matrix homeserver on loopback (Synapse from PyPI), and people with accounts on it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

STARTS_WITHIN = 60
PASSWORD = "correct horse battery"


@dataclass
class Synapse:
    """A homeserver of our own. `url` is its address; it has no federation and no limits."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Synapse:
        """Returns once it answers."""
        config = self.folder / "homeserver.yaml"
        if not config.exists():
            self._configure(config)
        log = (self.folder / "out.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "synapse.app.homeserver", "-c", str(config)],
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        log.close()
        pause = threading.Event()
        for _ in range(STARTS_WITHIN * 10):
            try:
                if httpx.get(f"{self.url}/_matrix/client/versions", timeout=2).is_success:
                    return self
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None, (self.folder / "out.log").read_text(encoding="utf-8")[-2000:]
            pause.wait(0.1)
        raise AssertionError("synapse did not start")

    def stop(self) -> None:
        """Returns once it has ended."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def person(self, name: str) -> MatrixPerson:
        """An account."""
        body = {"username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
        made = httpx.post(f"{self.url}/_matrix/client/v3/register", json=body, timeout=30)
        assert made.is_success, made.text
        return MatrixPerson(self.url, made.json()["user_id"], made.json()["access_token"])

    def _configure(self, config: Path) -> None:
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "synapse.app.homeserver", "--generate-config", "--server-name", "localhost", "--config-path", str(config), "--report-stats", "no", "--data-directory", str(self.folder)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        plenty = {"per_second": 1000, "burst_count": 1000}
        settings |= {
            "listeners": [{"port": self.port, "bind_addresses": ["127.0.0.1"], "type": "http", "tls": False, "resources": [{"names": ["client"]}]}],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "rc_message": plenty, "rc_registration": plenty, "rc_joins": {"local": plenty, "remote": plenty},
            "rc_login": {"address": plenty, "account": plenty, "failed_attempts": plenty},
            "rc_invites": {"per_room": plenty, "per_user": plenty, "per_issuer": plenty},
        }  # fmt: skip
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        Path(settings["log_config"]).write_text(
            json.dumps({"version": 1, "disable_existing_loggers": True}), encoding="utf-8"
        )


@dataclass
class MatrixPerson:
    """Somebody with an account, who writes in rooms and reads what is written there."""

    url: str
    id: str
    token: str
    made: Any = field(default_factory=lambda: itertools.count(1))

    def room(self, invited: str, *, encrypted: bool = False, others: tuple[str, ...] = ()) -> str:
        """A direct room with somebody."""
        body: dict[str, Any] = {"preset": "trusted_private_chat", "is_direct": True, "invite": [invited, *others]}
        if encrypted:
            body["initial_state"] = [
                {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
            ]
        return str(self._call("POST", "createRoom", body)["room_id"])

    def write(self, room: str, text: str) -> str:
        """A text message; its id."""
        return self.send(room, "m.room.message", {"msgtype": "m.text", "body": text})

    def send(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Any event; its id."""
        path = f"rooms/{quote(room)}/send/{kind}/own{next(self.made)}"
        return str(self._call("PUT", path, content)["event_id"])

    def join(self, room: str) -> None:
        """Accept an invitation."""
        self._call("POST", f"rooms/{quote(room)}/join", {})

    def read(self, room: str) -> list[str]:
        """What others wrote in the room, oldest first."""
        page = self._call("GET", f"rooms/{quote(room)}/messages?dir=b&limit=500")
        said = [e for e in page["chunk"] if e["type"] == "m.room.message" and e["sender"] != self.id]
        return [str(event["content"].get("body")) for event in reversed(said)]

    def members(self, room: str) -> set[str]:
        """Who is in the room."""
        return set(self._call("GET", f"rooms/{quote(room)}/joined_members")["joined"])

    def membership(self, room: str, who: str) -> str:
        """How somebody stands to the room: invite, join or leave."""
        return str(self._call("GET", f"rooms/{quote(room)}/state/m.room.member/{quote(who)}")["membership"])

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}/_matrix/client/v3/{path}", json=body, headers=headers, timeout=30)
        assert answer.is_success, answer.text
        return dict(answer.json())
