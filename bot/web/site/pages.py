"""The demo clinic's pages and the widget's frame, filled with what the clinic says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.routing import BaseRoute

from bot.domain.speech import ENGLISH, LANGUAGES, say
from bot.settings import Settings
from bot.web.site import files, places
from bot.web.site.joined import joined
from bot.web.turns import words

HERE = Path(__file__).resolve().parent
WIDGET = HERE.parent.parent / "widget"
# What the chat's scripts are sent as: before the first message, when the first form or chip is shown, and the figure.
FILES = {
    "first.js": ("main", "alert", "composer", "dom", "log", "look", "questions", "session", "stream", "words"),
    "parts.js": ("answers", "body_map", "contact", "ended", "letter", "privacy", "record", "result", "tint", "when"),
    "map.js": ("body_map_data",),
}
WORDS = ("en", "en_parts", "es", "es_parts")
LOOKS = ("app.css", "parts.css")  # the second comes with parts.js
NAMES = {"en": "English", "es": "Español"}

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def frame_policy(settings: Settings) -> str:
    """The chat's own policy: its own files and API, nothing inline, and only the clinic's sites may frame it."""
    ancestors = " ".join(("'self'", *settings.frame_ancestors))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        f"frame-ancestors {ancestors}"
    )


def tag() -> str:
    """The script of the clinic's tag, made smaller together with the style sheet within it."""
    script = (WIDGET / "widget.js").read_text(encoding="utf-8")
    small = re.sub(r"(?<=const LOOK = `)[^`]+", lambda look: files.minified(look[0], ".css"), script)
    return files.minified(small, ".js")


def licence() -> str:
    """The notice and the licence of the drawing the figure is made from; the figure's script names this address."""
    return "\n".join(
        (WIDGET / "licences" / f"body-muscles-{name}.txt").read_text(encoding="utf-8") for name in ("NOTICE", "LICENSE")
    )


def frame_path(language: str) -> str:
    """The address of the chat in a language."""
    return f"/widget/app/{'' if language == 'en' else f'{language}/'}"


def home_in(language: str) -> str:
    """The address of the clinic's page in a language."""
    return "/" if language == ENGLISH else f"/{language}/"


def templates(language: str) -> Environment:
    """The pages' templates; `trans` and `_` say a text in the language, as Jinja's own i18n extension does."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    spoken = partial(say, language)
    made.install_gettext_callables(spoken, lambda one, many, count: spoken(one if count == 1 else many))  # type: ignore[attr-defined]
    return made


def routes(settings: Settings) -> list[BaseRoute]:
    """Every public page and file; what the clinic cannot change is read once, here."""
    pages = {language: templates(language) for language in LANGUAGES}
    frames = Environment(loader=FileSystemLoader(WIDGET / "app"), autoescape=True, undefined=StrictUndefined)

    def page(path: str, template: Template, headers: Mapping[str, str], language: str, **values: str) -> BaseRoute:
        """A page that tells of the clinic, made anew when its settings change."""

        def make() -> tuple[object, Callable[[], files.File]]:
            render = lambda: files.pack(template.render(_facts(settings, language), **values), ".html", **headers)  # noqa: E731
            return settings.clinic, render

        return files.living(path, make)

    known = " ".join(f"{language}={frame_path(language)}" for language in LANGUAGES)
    framed = {"Content_Security_Policy": frame_policy(settings)}
    policy = {"Content_Security_Policy": PAGE_POLICY}
    frame = frames.get_template("index.html")
    return [
        *(page(home_in(one), pages[one].get_template("home.html"), policy, one) for one in LANGUAGES),
        page("/for-your-website", pages[ENGLISH].get_template("embed.html"), policy, ENGLISH),
        files.route("/favicon.svg", files.read(HERE / "static" / "favicon.svg")),
        files.route("/favicon.ico", files.read(HERE / "static" / "favicon.svg")),
        # The clinic's page is on another origin and may ask for cross-origin isolation.
        # As a module it is fetched with CORS.
        files.route("/widget.js", files.pack(tag(), ".js", **_TAG)),
        *(page(frame_path(language), frame, _FRAME | framed, language, pages=known) for language in LANGUAGES),
        *(
            files.route(f"/widget/app/places.{language}.json", files.pack(places.table(language), ".json"))
            for language in LANGUAGES
        ),
        *(
            files.route(f"/widget/app/{name}", files.pack(files.minified(script, ".js"), ".js"))
            for name, script in joined(WIDGET / "app", FILES).items()
        ),
        *files.folder("/widget/app", (path for path in (WIDGET / "app").iterdir() if path.stem in WORDS)),
        *files.folder("/widget/app", (WIDGET / "app" / name for name in LOOKS)),
        files.route("/licences/body-muscles.txt", files.pack(licence(), ".txt")),
        *files.folder("/site", (HERE / "static").iterdir()),
    ]


def _facts(settings: Settings, language: str) -> dict[str, object]:
    """What the pages tell of the clinic, and in which language."""
    clinic = settings.clinic
    return {
        "clinic": clinic,
        "emergency": clinic.lines.emergency,
        "public_url": settings.public_url,
        "tel": re.sub(r"[^\d+]", "", clinic.phone),
        "answers": {**clinic.facts_in(language), "retention": words.fill("[[faq_retention]]", clinic, language)},
        "language": language,
        "languages": LANGUAGES,
        "names": NAMES,
        "home_in": home_in,
        "frame_path": frame_path,
    }


_TAG = {"Cross_Origin_Resource_Policy": "cross-origin", "Access_Control_Allow_Origin": "*"}
_FRAME = {
    "Cross_Origin_Resource_Policy": "cross-origin",
    "Permissions_Policy": "camera=(), microphone=(), geolocation=()",
}
