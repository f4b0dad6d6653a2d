"""How a paper for a visitor or their doctor looks: letterhead, a calm page of sections, and lines to write on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.web import desk

_FONTS = Path(desk.__file__).resolve().parent / "fonts"
_INK, _SOFT, _ACCENT, _RULE = (34, 48, 43), (91, 106, 99), (42, 87, 72), (205, 205, 198)
_MARGIN = 22.0  # mm
_LINE = 5.4  # mm from one line of the body to the next
_STEP = 7.0  # mm that numbers and boxes stand out
_QUOTED = re.compile(r"([“«][^”»]+[”»])")
_BOX = "☐"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a page: a heading, a paragraph, a numbered step, a box to tick, or lines to write on."""

    kind: Literal["heading", "text", "step", "box", "lines", "signed"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A page: whose it is and how to reach them, title, a small line under it, the parts, and the foot."""

    clinic: str
    reach: tuple[str, ...]
    title: str
    under: str
    parts: tuple[Part, ...]
    foot: str
    language: str


def pdf(paper: Paper, *, letter: bool) -> bytes:
    """The page as bytes; long texts go on to a second page."""
    page = _Page(paper, letter=letter)
    page.fill()
    content = bytes(page.output())
    for font in page.fonts.values():
        font.ttfont.close()  # type: ignore[attr-defined] # the library leaves the files open
    return content


class _Page(FPDF):
    def __init__(self, paper: Paper, *, letter: bool) -> None:
        super().__init__(format="letter" if letter else "A4")
        self._paper = paper
        self._steps = 0
        self.add_font("Paper", "", _FONTS / "DejaVuSansCondensed.ttf")
        self.add_font("Paper", "B", _FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(_MARGIN, 18, _MARGIN)
        self.set_auto_page_break(True, 28)
        self.set_title(paper.title)
        self.set_author(paper.clinic)
        self.set_lang(paper.language)
        self.set_draw_color(*_RULE)
        self.c_margin = 0  # text begins where the rules do
        self.add_page()

    def header(self) -> None:
        """The letterhead: the clinic at the left, how to reach it at the right."""
        self._type(12, bold=True, ink=_ACCENT)
        self.cell(95, 5, self._paper.clinic)
        self._type(8.5, ink=_SOFT)
        self.multi_cell(0, 4.2, "\n".join(self._paper.reach), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)
        self.set_fill_color(*_ACCENT)
        self.rect(_MARGIN, self.get_y(), self.epw, 0.7, "F")
        self.ln(11)

    def footer(self) -> None:
        """What this is not, and which page it is."""
        self.set_y(-20)
        self.line(_MARGIN, self.get_y(), _MARGIN + self.epw, self.get_y())
        self.ln(3)
        self._type(8, ink=_SOFT)
        self.cell(self.epw - 20, 4, self._paper.foot)
        self.cell(20, 4, str(self.page_no()), align="R")

    def fill(self) -> None:
        """Title and parts."""
        self._type(22, bold=True)
        self.multi_cell(0, 9.5, self._paper.title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)
        self._type(9.5, ink=_SOFT)
        self.multi_cell(0, 5, self._paper.under, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(6)
        for part in self._paper.parts:
            getattr(self, f"_{part.kind}")(part.text)

    def _heading(self, text: str) -> None:
        self._steps = 0
        self.ln(4)
        if self.will_page_break(20):  # a heading does not stand alone at the foot of a page
            self.add_page()
        self._type(11.5, bold=True, ink=_ACCENT)
        self.multi_cell(0, 6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def _text(self, text: str) -> None:
        self._flow(text)

    def _step(self, text: str) -> None:
        self._steps += 1
        self._hung(f"{self._steps}.", text)

    def _box(self, text: str) -> None:
        self._hung(_BOX, text)

    def _hung(self, mark: str, text: str) -> None:
        self._type(10.5, bold=mark != _BOX, ink=_ACCENT)
        self.cell(_STEP, _LINE, mark)
        self.set_left_margin(_MARGIN + _STEP)
        self._flow(text, after=1.2)
        self.set_left_margin(_MARGIN)
        self.set_x(_MARGIN)

    def _lines(self, _text: str) -> None:
        """As many lines to write on as a short answer takes."""
        for _ in range(3):
            self.ln(8.5)
            self.line(_MARGIN, self.get_y(), _MARGIN + self.epw, self.get_y())
        self.ln(5)

    def _signed(self, text: str) -> None:
        """One line, and under it what goes there."""
        self.ln(16)
        self.line(_MARGIN, self.get_y(), _MARGIN + self.epw * 0.6, self.get_y())
        self.ln(1.5)
        self._type(8.5, ink=_SOFT)
        self.cell(0, 4, text)

    def _flow(self, text: str, after: float = 2.6) -> None:
        """A paragraph; the words of the visitor within it stand out."""
        for part in _QUOTED.split(text):
            quoted = bool(_QUOTED.fullmatch(part))
            self._type(10.5, bold=quoted, ink=_ACCENT if quoted else _INK)
            self.write(_LINE, part)
        self.ln(_LINE + after)

    def _type(self, size: float, *, bold: bool = False, ink: tuple[int, int, int] = _INK) -> None:
        self.set_font("Paper", "B" if bold else "", size)
        self.set_text_color(*ink)
