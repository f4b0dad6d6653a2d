"""The demo clinic's pages and the widget's frame, filled with what the clinic says of itself."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.routing import BaseRoute

from bot.settings import Settings
from bot.web.site import files

HERE = Path(__file__).resolve().parent
WIDGET = HERE.parent.parent / "widget"
# What the chat needs before the first message; the browser is told at once instead of finding out import by import.
FIRST_MODULES = (
    "alert.js", "composer.js", "dom.js", "log.js", "look.js", "questions.js", "session.js", "stream.js", "words.js",
)  # fmt: skip

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def frame_policy(settings: Settings) -> str:
    """The chat's own policy: its own files and API, nothing inline, and only the clinic's sites may frame it."""
    ancestors = " ".join(("'self'", *settings.frame_ancestors))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        f"frame-ancestors {ancestors}"
    )


def routes(settings: Settings) -> list[BaseRoute]:
    """Every public page and file; all are read once, here."""
    pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    frames = Environment(loader=FileSystemLoader(WIDGET / "app"), autoescape=True, undefined=StrictUndefined)
    facts = {
        "clinic": settings.clinic,
        "emergency": settings.clinic.lines.emergency,
        "public_url": settings.public_url,
        "tel": re.sub(r"[^\d+]", "", settings.clinic.phone),
    }
    policy = {"Content_Security_Policy": PAGE_POLICY}
    frame = frames.get_template("index.html").render(facts, modules=FIRST_MODULES)
    return [
        files.route("/", files.pack(pages.get_template("home.html").render(facts), ".html", **policy)),
        files.route("/for-your-website", files.pack(pages.get_template("embed.html").render(facts), ".html", **policy)),
        files.route("/favicon.svg", files.read(HERE / "static" / "favicon.svg")),
        files.route("/favicon.ico", files.read(HERE / "static" / "favicon.svg")),
        # The clinic's page is on another origin and may ask for cross-origin isolation.
        files.route("/widget.js", files.read(WIDGET / "widget.js", Cross_Origin_Resource_Policy="cross-origin")),
        files.route(
            "/widget/app/", files.pack(frame, ".html", Content_Security_Policy=frame_policy(settings), **_FRAME)
        ),
        *files.folder("/widget/app", (path for path in (WIDGET / "app").iterdir() if path.suffix in (".js", ".css"))),
        *files.folder("/site", (HERE / "static").iterdir()),
    ]


_FRAME = {
    "Cross_Origin_Resource_Policy": "cross-origin",
    "Permissions_Policy": "camera=(), microphone=(), geolocation=()",
}
