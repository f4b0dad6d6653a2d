"""What a stranger tries against the open port: paths that climb, hosts that lie, methods in disguise, other sites, smuggled requests."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing

import httpx
from conftest import Running, StartEdge, Visitor

FOLDERS = ("/desk/static/", "/site/", "/widget/app/", "/widget/", "/")
CLIMBS = (
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cetc%5cpasswd",
    "....//....//etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "../files.py",
    "../templates/base.html",
    "..%2f__init__.py",
    "desk.css%00.png",
    "desk.css/../../files.py",
)
SECRET_WORDS = (b"root:", b"from __future__", b"{% block", b"StaticFiles")


def ask(edge: Running, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """A request whose path nobody tidies up on the way."""
    with closing(http.client.HTTPConnection("127.0.0.1", edge.serving.port, timeout=20)) as line:
        line.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        return answer, answer.read()


def test_no_path_climbs_out_of_its_folder(edge: Running) -> None:
    for folder in FOLDERS:
        for climb in CLIMBS:
            answer, content = ask(edge, "GET", folder + climb)
            assert answer.status in (400, 404, 405), f"{folder}{climb}"
            assert not [word for word in SECRET_WORDS if word in content], f"{folder}{climb}"


def test_no_download_takes_a_path_for_an_id(edge: Running, visitor: Visitor) -> None:
    visitor.arrive()
    key = (edge.home / "keys.json").read_bytes()
    for name in ("../palpate.db", "..%2fkeys.json", "%2e%2e%2fkeys.json", "keys.json", "%00"):
        own, other, visit = f"{visitor.path}/letters/{name}", f"/api/conversations/{name}/export", f"/visit/1/{name}"
        for method, path in (("GET", own), ("DELETE", own), ("GET", other), ("GET", f"{visit}/visit.ics")):
            answer, content = ask(edge, method, path, **visitor.auth)
            assert 400 <= answer.status < 500, path
            assert content not in key
            assert b"SQLite" not in content


LIES = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Original-URL": "/desk",
    "X-Rewrite-URL": "/desk",
    "Forwarded": "host=evil.example;proto=https",
    "X-Forwarded-Port": "1234",
    "X-Forwarded-Prefix": "//evil.example",
}


def test_no_link_and_no_page_is_made_of_what_the_request_says_of_its_host(start_edge: StartEdge) -> None:
    edge = start_edge(PALPATE_PUBLIC_URL="https://clinic.example")
    with httpx.Client(base_url=edge.url, timeout=20) as client:
        visitor = Visitor(client).arrive()
        for lie in ({name: value} for name, value in LIES.items()):
            made = client.post(f"{visitor.path}/link", headers={**visitor.auth, **lie}, json={})
            assert made.json()["url"].startswith("https://clinic.example/widget/app/#resume="), lie
            for path in ("/", "/for-your-website", "/desk", "/desk/sign-in", "/widget/app/", "/visit/1/x"):
                got = client.get(path, headers=lie)
                assert "evil.example" not in got.text + str(got.headers), f"{path} {lie}"
                where = got.headers.get("location", "/")
                assert where.startswith("/"), f"{path} {lie}"
                assert not where.startswith("//"), f"{path} {lie}"


def test_a_sign_in_goes_nowhere_a_stranger_names(http: httpx.Client) -> None:
    for where in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"):
        for path in ("/desk/sign-in", "/desk", "/desk/sign-in/code"):
            got = http.get(path, params=dict.fromkeys(("next", "to", "return", "redirect", "url"), where))
            assert where not in got.text
            assert got.headers.get("location", "/desk/sign-in") == "/desk/sign-in"


def test_a_path_of_two_slashes_is_no_redirect_to_another_host(edge: Running) -> None:
    for path in ("//evil.example", "//evil.example/", "//evil.example/desk/", "/desk/", "/desk//evil.example/"):
        answer, _ = ask(edge, "GET", path)
        location = answer.getheader("location", "/")
        assert "evil.example" not in location or location.startswith(edge.url), path


def test_a_method_in_a_header_is_not_believed(visitor: Visitor) -> None:
    visitor.arrive()
    disguise = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "DELETE")
    for method, path in (("GET", visitor.path), ("POST", visitor.path), ("GET", f"{visitor.path}/record")):
        visitor.http.request(method, path, headers={**visitor.auth, **disguise}, params={"_method": "DELETE"})
    assert visitor.log()["state"]["phase"] == "consent"


def test_what_changes_something_cannot_be_got_headed_or_asked_for_options(visitor: Visitor) -> None:
    visitor.arrive()
    changing = ("/api/conversations", f"{visitor.path}/link", f"{visitor.path}/stay", "/api/resume")
    visits = tuple(f"/visit/1/token/{move}" for move in ("confirm", "cancel", "check", "chat"))
    for path in (*changing, *visits, "/desk/sign-out", "/desk/sign-in/passkey", "/desk/search"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "PROPFIND"):
            got = visitor.http.request(method, path, headers=visitor.auth)
            assert got.status_code in (404, 405), f"{method} {path}"


def test_no_other_site_is_told_that_it_may_read(visitor: Visitor) -> None:
    visitor.arrive()
    evil = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/api/conversations", f"{visitor.path}/messages", "/desk/api/handoffs", "/desk", "/readyz"):
        for method in ("OPTIONS", "GET"):
            got = visitor.http.request(method, path, headers={**visitor.auth, **evil})
            assert not [name for name in got.headers if name.startswith("access-control-")], f"{method} {path}"


def test_nothing_becomes_a_websocket(edge: Running, visitor: Visitor) -> None:
    visitor.arrive()
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    for path in ("/", "/healthz", f"{visitor.path}/messages", "/desk/live/events"):
        answer, _ = ask(edge, "GET", path, **wanted, **visitor.auth)
        assert answer.status != 101


SMUGGLED = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"


TWO_LENGTHS = (
    b"Content-Length: 4\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 4",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Content-Length: 4\r\nContent-Length: 5",
    b"Content-Length: +4",
    b"Content-Length: 4, 4",
    b" Content-Length: 4",
    b"Content-Length: 0x4",
)


def test_a_request_of_two_lengths_is_none(edge: Running) -> None:
    """Whoever stands before us may read its end elsewhere: it is refused, and nothing behind it is taken for a request."""
    for head in TWO_LENGTHS:
        with closing(socket.create_connection(("127.0.0.1", edge.serving.port), timeout=20)) as line:
            line.sendall(b"POST /api/resume HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n0\r\n\r\n" + SMUGGLED)
            heard = b""
            while part := line.recv(65536):
                heard += part
        assert heard.startswith(b"HTTP/1.1 400"), head
        assert heard.count(b"HTTP/1.1 ") == 1, head


def test_no_header_comes_back_as_a_header(edge: Running) -> None:
    names = ("Origin", "X-Request-Id", "Accept-Language", "Cookie", "Referer", "User-Agent")
    for value in ("planted%0d%0aSet-Cookie: a=b", "planted\tx", "planted; Set-Cookie: a=b", "planted<script>"):
        for path in ("/", "/desk/sign-in", "/api/nothing", "/widget/app/"):
            answer, content = ask(edge, "GET", path, **dict.fromkeys(names, value))
            assert "planted" not in str(answer.headers), path
            assert b"planted" not in content, path
