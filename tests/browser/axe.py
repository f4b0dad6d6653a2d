"""What axe-core objects to on a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule, in every frame of the page."""
    found: list[str] = []
    for frame in page.frames:
        frame.evaluate(AXE)
        run = frame.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false})", RULES)
        found += [
            f"{v['id']}: {node['html'][:140]} {node['failureSummary'][:200]}"
            for v in run["violations"]
            for node in v["nodes"]
        ]
    return found
