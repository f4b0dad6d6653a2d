"""Sends the chat's small modules as a few files: what is needed first, what comes later, and the body map.

One file of a folder's modules compresses a fifth better than the modules one by one, and a phone waits for one answer
instead of twelve. The modules of a file share one scope: an import within it costs nothing, and every name can be made
short. So no two of them may give the same name to something; that is refused at start, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_NAMED = re.compile(r"^(?:export )?(?:(?:async )?function\*?|class|const|let) (\w+)", re.MULTILINE)
_LATER = re.compile(r'import\("\./(\w+)\.js"\)')


class CannotJoin(ValueError):
    """A module is written in a way that cannot be joined; the message names it."""


def joined(home: Path, files: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """File name → script, for file name → its modules; a module may import those of its own and of earlier files.

    A file becomes `export const { what other files want of it } = (() => { … })()`. Raises `CannotJoin`.
    """
    place = {module: name for name, modules in files.items() for module in modules}
    written = {module: (home / f"{module}.js").read_text(encoding="utf-8") for module in place}
    wanted = _wanted(written, place)
    return {
        name: _joined({module: written[module] for module in modules}, name, place, wanted)
        for name, modules in files.items()
    }


def _wanted(written: Mapping[str, str], place: Mapping[str, str]) -> set[str]:
    """What modules of other files import, and all that a module exports which is loaded later."""
    later = {other for source in written.values() for other in _LATER.findall(source)}
    found = {name for module in later & set(written) for name in _EXPORT.findall(written[module])}
    for module, source in written.items():
        for names, other in _IMPORT.findall(source):
            if place.get(other) != place[module]:
                found.update(names.split(", "))
    return found


def _joined(sources: Mapping[str, str], name: str, place: Mapping[str, str], wanted: set[str]) -> str:
    _check_names(sources)
    order = list(_in_order(sources))
    outside: dict[str, dict[str, None]] = {}  # file → the names that come from it
    for module in order:
        for names, other in _IMPORT.findall(sources[module]):
            if other not in place:
                raise CannotJoin(f"{module}.js imports {other}.js, which is in no file")
            if place[other] != name:
                outside.setdefault(place[other], {}).update(dict.fromkeys(names.split(", ")))
    exports = ", ".join(one for module in order for one in _EXPORT.findall(sources[module]) if one in wanted)
    bodies = [_body(module, sources[module], place, name) for module in order]
    imports = [f'import {{ {", ".join(names)} }} from "./{other}";' for other, names in outside.items()]
    return "\n".join(
        [*imports, f"export const {{ {exports} }} = (() => {{", *bodies, f"return {{ {exports} }};", "})();"]
    )


def _check_names(sources: Mapping[str, str]) -> None:
    """Every name at the top of a module is given once in a file."""
    whose: dict[str, str] = {}
    for module, source in sources.items():
        for given in _NAMED.findall(source):
            first = whose.setdefault(given, module)
            if first != module:
                raise CannotJoin(f"{module}.js names something {given}, and so does {first}.js")


def _in_order(sources: Mapping[str, str]) -> Iterator[str]:
    """The modules of one file, each after those it imports."""
    done: dict[str, bool] = {}

    def visit(module: str) -> Iterator[str]:
        if done.setdefault(module, False):
            return
        for _, other in _IMPORT.findall(sources[module]):
            if other in sources and not done.get(other):
                yield from visit(other)
        if not done[module]:
            done[module] = True
            yield module

    for module in sources:
        yield from visit(module)


def _body(module: str, source: str, place: Mapping[str, str], name: str) -> str:
    """A module without its imports and exports; what it loads later it finds in the file that holds it."""
    body = _EXPORT.sub("", _IMPORT.sub("", source))
    body = _LATER.sub(lambda found: _later(module, found[1], place, name), body)
    if re.search(r"^(import|export) ", body, re.MULTILINE):
        raise CannotJoin(f"{module}.js has an import or export of a form that is not known here")
    return body


def _later(module: str, other: str, place: Mapping[str, str], name: str) -> str:
    if other not in place or place[other] == name:
        raise CannotJoin(f"{module}.js loads {other}.js later, which is not in a file of its own")
    return f'import("./{place[other]}")'
