"""Serves the few static files from memory: read, minified and compressed once, found again by ETag."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import minify
import zopfli.gzip
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
COMMON_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
# Revalidated each time: a clinic that updates must not run an old chat against a new server.
CACHE = "no-cache"


@dataclass(frozen=True, slots=True)
class File:
    """One file as it goes out: plain and gzipped bytes, its type, ETag and extra headers."""

    plain: bytes
    packed: bytes
    media_type: str
    etag: str
    headers: Mapping[str, str]


def read(path: Path, **headers: str) -> File:
    """A file from disk, ready to be sent; scripts and styles are made smaller on the way, so that nobody has to build."""
    text = path.read_text(encoding="utf-8")
    return pack(minified(text, path.suffix) if path.suffix in (".js", ".css") else text, path.suffix, **headers)


def minified(text: str, suffix: str) -> str:
    """A script or style that does the same in fewer bytes."""
    return str(minify.string(TYPES[suffix].split(";")[0], text))


def pack(text: str, suffix: str, **headers: str) -> File:
    """Text as a file of the type its suffix says; header names are given with underscores."""
    plain = text.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return File(plain, _gzipped(plain), TYPES[suffix], etag, COMMON_HEADERS | named)


@functools.lru_cache(128)
def _gzipped(plain: bytes) -> bytes:
    return bytes(zopfli.gzip.compress(plain))


def answer(file: File, request: Request) -> Response:
    """The file, gzipped where the browser takes it, or 304 when it has it already."""
    headers = {**file.headers, "ETag": file.etag, "Cache-Control": CACHE, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(file.packed if packed else file.plain, media_type=file.media_type, headers=headers)


def route(path: str, file: File) -> Route:
    """A route that serves one file."""

    async def serve(request: Request) -> Response:
        return answer(file, request)

    return Route(path, serve, methods=["GET"], name=f"file {path}")


def living(path: str, make: Callable[[], tuple[object, Callable[[], File]]]) -> Route:
    """A route whose file is made anew when the first half of what `make` gives has become another."""
    made: list[tuple[object, File]] = []

    async def serve(request: Request) -> Response:
        now, render = make()
        if not made or made[0][0] is not now:
            made[:] = [(now, render())]
        return answer(made[0][1], request)

    return Route(path, serve, methods=["GET"], name=f"page {path}")


def folder(prefix: str, paths: Iterable[Path], **headers: str) -> list[Route]:
    """Routes for each of the files, under one prefix; nothing else in the folder can be reached."""
    return [route(f"{prefix}/{path.name}", read(path, **headers)) for path in sorted(paths)]
