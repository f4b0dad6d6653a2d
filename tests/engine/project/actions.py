"""A small action server on loopback, plain standard library, that can be told to fail in every way a real one does."""

from __future__ import annotations

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEYS = [f"a{n}" for n in range(10)]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def say(text: str) -> dict[str, Any]:
    return {"text": text, "custom": {}, "buttons": [], "elements": [], "response": None}


def run(call: dict[str, Any]) -> dict[str, Any]:
    """What a custom action answers; decides on slots and the latest message only."""
    name, tracker = call["next_action"], call["tracker"]
    slots, text = tracker["slots"], tracker["latest_message"].get("text") or ""
    if name == "validate_intake_form":
        return _validate(slots, text, tracker)
    if name == "action_count":
        turns = (slots["turns"] or 0) + 1
        key = KEYS[int(turns) % len(KEYS)]
        return {
            "events": [slot("turns", turns), slot(key, [text, turns])],
            "responses": [say(f"{turns:.0f} {slots[key]}")],
        }
    if name == "action_forget":
        return {"events": [{"event": "reset_slots", "timestamp": None}], "responses": [say("forgotten")]}
    if name == "action_undo":
        return {"events": [{"event": "rewind", "timestamp": None}], "responses": [say("undone")]}
    if name == "action_slow":
        time.sleep(0.4)
        return {"events": [slot("a0", "waited")], "responses": [say("waited")]}
    known = {key: slots[key] for key in sorted(slots) if slots[key] not in (None, [])}
    return {
        "events": [slot("regular", True), slot("name", None), slot("size", None)],
        "responses": [say(json.dumps(known, sort_keys=True))],
    }


def _validate(slots: dict[str, Any], text: str, tracker: dict[str, Any]) -> dict[str, Any]:
    """Keeps values of letters and digits; anything else is asked again; "both" fills two at once."""
    asked = slots.get("requested_slot")
    new = [event["name"] for event in _this_turn(tracker) if event["event"] == "slot"]
    events = [slot("a9", f"{asked}:{text}")] if asked in new else []
    for key in ("name", "size", "place"):
        if slots.get(key) is not None and not str(slots[key]).replace(" ", "").isalnum():
            events.append(slot(key, None))
    if "both" in text:
        events += [slot("size", "both"), slot("place", "both")]
    return {"events": events, "responses": [say(f"checked {asked}")] if "say" in text else []}


def _this_turn(tracker: dict[str, Any]) -> list[dict[str, Any]]:
    events = tracker["events"]
    last = max(index for index, event in enumerate(events) if event["event"] == "user")
    return events[last:]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, else each call waits 40 ms for an acknowledgement
    fault = ""
    seen: list[str] = []  # noqa: RUF012 - shared on purpose: the test reads it

    def do_GET(self) -> None:
        self._send(200, b'{"status":"ok"}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/fault":
            Handler.fault = body.decode()
            return self._send(200, b"{}")
        if self.path == "/callers":
            seen, Handler.seen = Handler.seen, []
            return self._send(200, json.dumps(seen).encode())
        call = json.loads(body)
        Handler.seen.append(str(self.client_address[1]))
        if Handler.fault == "500":
            return self._send(500, b'{"error":"' + call["tracker"]["latest_message"]["text"].encode() + b'"}')
        if Handler.fault == "html":
            return self._send(200, b"<html>", "text/html")
        if Handler.fault == "shape":
            return self._send(200, b'{"events":[{"event":"nonsense"}],"responses":[]}')
        return self._send(200, json.dumps(run(call)).encode())

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


def serve(port: int = 0) -> ThreadingHTTPServer:
    ThreadingHTTPServer.request_queue_size = 64
    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    server = serve(int(os.environ.get("PALPATE_ACTIONS_PORT", "0")))
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
