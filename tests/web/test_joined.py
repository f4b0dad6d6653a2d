"""The chat's modules are joined into one scope for each file, and what the joining does not know stops it by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.web.site import pages
from bot.web.site.joined import CannotJoin, joined


def written(home: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (home / f"{name}.js").write_text(text, encoding="utf-8")
    return home


def test_a_module_comes_after_those_it_imports_and_other_files_find_what_it_exports(tmp_path):
    home = written(
        tmp_path,
        one='import { two } from "./two.js";\nconst own = 1;\nexport function go() { return two + own; }\n',
        two="const mine = 2;\nexport const two = mine;\n",
        later='import { two } from "./two.js";\nexport const more = two;\n',
    )
    (home / "one.js").write_text((home / "one.js").read_text() + 'export const wait = () => import("./later.js");\n')
    made = joined(home, {"first.js": ("one", "two"), "rest.js": ("later",)})
    first = made["first.js"]
    assert first.index("const mine = 2") < first.index("const two = mine") < first.index("function go()")
    assert 'import("./rest.js")' in first
    assert first.startswith("export const { two } = (() => {")
    assert first.endswith("return { two };\n})();"), "only what another file wants"
    assert made["rest.js"].startswith('import { two } from "./first.js";\nexport const { more } = (() => {')


@pytest.mark.parametrize("again", ["const own = 2;", "let own;", "async function own() {}", "export class own {}"])
def test_a_name_that_two_modules_of_a_file_have_is_refused_by_name(tmp_path, again):
    home = written(tmp_path, one="const own = 1;\n", two=f"{again}\n")
    with pytest.raises(CannotJoin, match=r"two\.js names something own, and so does one\.js"):
        joined(home, {"first.js": ("one", "two")})
    assert set(joined(home, {"first.js": ("one",), "rest.js": ("two",)})) == {"first.js", "rest.js"}


@pytest.mark.parametrize(
    "text",
    [
        'import everything from "./two.js";\n',
        'import * as all from "./two.js";\n',
        "export default 1;\n",
        'import { x } from "./nowhere.js";\n',
        'export const later = () => import("./two.js");\n',
    ],
)
def test_a_form_that_is_not_known_is_refused_by_name(tmp_path, text):
    home = written(tmp_path, one=text, two="export const two = 2;\n")
    with pytest.raises(CannotJoin, match=r"one\.js"):
        joined(home, {"first.js": ("one", "two")})


def test_every_module_of_the_chat_is_sent_in_one_of_its_files():
    sent = {module for modules in pages.FILES.values() for module in modules} | set(pages.WORDS)
    assert sent == {path.stem for path in (pages.WIDGET / "app").glob("*.js")}
