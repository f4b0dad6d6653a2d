"""A process as small as a part can be: answers on a port, waits as a spare, and can be told not to start."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from bot import spare


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing is printed."""


if sys.argv[2:] == ["broken"]:
    sys.exit(3)
spare.wait()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
