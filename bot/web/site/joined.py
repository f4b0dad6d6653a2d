"""Sends the chat's small modules as a few files: what is needed first, what comes later, and the body map.

One file of a folder's modules compresses a fifth better than the modules one by one, and a phone waits for one answer
instead of twelve. Every module keeps its own scope, so that nothing of the source has to know of this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_LATER = re.compile(r'import\("\./(\w+)\.js"\)')


class CannotJoin(ValueError):
    """A module is written in a way that cannot be joined; the message names it."""


def joined(home: Path, files: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """File name → script, for file name → its modules; a module may import those of its own and of earlier files.

    A module becomes `const $name = (() => { … return { what it exports }; })()`. Raises `CannotJoin`.
    """
    place = {module: name for name, modules in files.items() for module in modules}
    scripts: dict[str, str] = {}
    for name, modules in files.items():
        sources = {module: (home / f"{module}.js").read_text(encoding="utf-8") for module in modules}
        order = list(_in_order(sources))
        others: dict[str, set[str]] = {}
        for module in order:
            for _, other in _IMPORT.findall(sources[module]):
                if other not in place:
                    raise CannotJoin(f"{module}.js imports {other}.js, which is in no file")
                if place[other] != name:
                    others.setdefault(place[other], set()).add(f"${other}")
        lines = [f'import {{ {", ".join(sorted(names))} }} from "./{other}";' for other, names in others.items()]
        lines += [_wrapped(module, sources[module], place, name) for module in order]
        lines.append(f"export {{ {', '.join(f'${module}' for module in order)} }};")
        scripts[name] = "\n".join(lines)
    return scripts


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


def _wrapped(module: str, source: str, place: Mapping[str, str], name: str) -> str:
    exports = _EXPORT.findall(source)
    body = _IMPORT.sub(r"const { \1 } = $\2;", source)
    body = _EXPORT.sub("", body)
    body = _LATER.sub(lambda found: _later(module, found[1], place, name), body)
    if re.search(r"^(import|export) ", body, re.MULTILINE):
        raise CannotJoin(f"{module}.js has an import or export of a form that is not known here")
    return f"const ${module} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"


def _later(module: str, other: str, place: Mapping[str, str], name: str) -> str:
    if other not in place or place[other] == name:
        raise CannotJoin(f"{module}.js loads {other}.js later, which is not in a file of its own")
    return f'import("./{place[other]}").then((all) => all.${other})'
