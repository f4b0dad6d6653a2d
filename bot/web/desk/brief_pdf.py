"""The brief on one printed page: the body figure, the scores, the reasons, and what the therapist adapts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.domain.summary import Brief, Line, Section
from bot.web.desk import figure

_FONTS = Path(__file__).resolve().parent / "fonts"
_FONT = "DejaVu"
_INK, _SOFT, _RULE, _LIT, _BODY = (25, 35, 32), (95, 108, 102), (205, 205, 198), (163, 29, 26), (200, 208, 203)
_MARGIN = 14.0
# Tried one after the other until everything is on one page.
_SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52, 0.46)
_LETTER_COUNTRIES = ("US", "CA")
_LONGEST_STORY = 700


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around the brief: whose it is, what counts now, and the small print at the foot."""

    clinic: str
    country: str
    reference: str
    answer: str
    stands: str
    handed_off: str
    printed: str
    foot: str
    language: str = "en"


def sheet(brief: Brief, about: Sheet) -> bytes:
    """The page as PDF; the type gets smaller until all of it fits on one page."""
    for scale in _SCALES:
        page = _Page(about, scale)
        page.write(brief)
        fits = page.page == 1
        content = bytes(page.output()) if fits or scale == _SCALES[-1] else b""
        page.close_fonts()
        if fits:
            break
    return content


class _Page(FPDF):
    """One page being written; lengths in millimetres, `scale` shrinks the type."""

    def __init__(self, about: Sheet, scale: float) -> None:
        super().__init__(format="letter" if about.country in _LETTER_COUNTRIES else "A4")
        self._about, self._scale = about, scale
        self.add_font(_FONT, "", _FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(_FONT, "B", _FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(True, _MARGIN + 6)
        self.set_title(f"{about.reference} · {about.clinic}")
        self.set_creator("Palpate")
        self.set_lang(about.language)
        self.add_page()

    def footer(self) -> None:
        """Who may read this, at the foot."""
        self.set_y(-_MARGIN - 2)
        self._type(6.5, ink=_SOFT, unscaled=True)
        self.multi_cell(0, 3, self._about.foot)

    def close_fonts(self) -> None:
        """The library leaves the font files open."""
        for font in self.fonts.values():
            font.ttfont.close()

    def write(self, brief: Brief) -> None:  # type: ignore[override]
        """Everything, from the top."""
        self._head(brief.headline)
        parts = {kind: [one for one in brief.sections if one.kind == kind] for kind in _KINDS}
        for section in parts["danger"]:
            self._alarm(section)
        for section in parts["who"]:
            self._grid(section.lines, self.l_margin, self.epw, 4)
        for section in parts["wants"]:
            self._story(section)
        for section in parts["complaint"]:
            self._complaint(section)
        self._two_columns(
            [*parts["conditions"], *parts["told"], *parts["unknown"], *parts["doctor"]],
            [*parts["why"], *parts["therapist"]],
        )

    def _head(self, headline: str) -> None:
        about = self._about
        self._type(8, ink=_SOFT)
        half = self.epw / 2
        self.cell(half, self._line(8), about.clinic)
        self.cell(
            half,
            self._line(8),
            f"{about.reference}   {about.handed_off}",
            align="R",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self._type(17, bold=True)
        self._text(about.answer, 17)
        self._type(9)
        self._text(headline, 9)
        self._type(8, ink=_SOFT)
        self._text(f"{about.stands} · {about.printed}", 8)
        self._gap(2, rule=True)

    def _alarm(self, section: Section) -> None:
        self._type(10, bold=True, ink=_LIT)
        self._text(f"{section.title}: {'; '.join(line.text for line in section.lines)}", 10)
        self._gap(1.5)

    def _story(self, section: Section) -> None:
        self._title(section.title)
        for line in section.lines:
            self._type(9)
            text = line.text if len(line.text) <= _LONGEST_STORY else f"{line.text[:_LONGEST_STORY].rstrip()}…”"
            self._text(text, 9)
        self._gap(1.5)

    def _complaint(self, section: Section) -> None:
        """The figure at the left, the facts beside it."""
        height = 31 * self._scale
        if self.will_page_break(height):
            self.add_page()
        top, width = self.get_y(), 2 * self._figure_width(height) + 3
        self._figures(section.ache.get("sites") or (), self.l_margin, top, height)
        left = self.l_margin + width + 3
        self.set_xy(left, top)
        self._type(9.5, bold=True)
        self.cell(30, self._line(9.5), section.title)
        self._meter(section.ache.get("nrs"), left + 32, top + self._line(9.5) / 2 - 1)
        self.set_xy(left, top + self._line(9.5))
        self._grid(section.lines, left, self.w - self.r_margin - left, 4)
        self.set_y(max(self.get_y(), top + height))
        self._gap(1)

    def _two_columns(self, left: Sequence[Section], right: Sequence[Section]) -> None:
        self._gap(0.5, rule=True)
        top, width = self.get_y(), (self.epw - 6) / 2
        ends = []
        for at, sections in ((self.l_margin, left), (self.l_margin + width + 6, right)):
            self.set_y(top)
            first = self.page
            for section in sections:
                self._title(section.title, at)
                for line in section.lines:
                    self._item(line, at, width)
                self.set_y(self.get_y() + 1.2 * self._scale)
            ends.append(self.get_y())
            if self.page != first:  # too much for the page: a smaller type is tried
                return
        self.set_y(max(ends))

    def _item(self, line: Line, left: float, width: float) -> None:
        self.set_x(left)
        self._type(8.2)
        text = f"{line.label}: {line.text}" if line.label else line.text
        self.multi_cell(width, self._line(8.2), f"•  {text}", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if line.detail:
            self.set_x(left + 3)
            self._type(7, ink=_SOFT)
            self.multi_cell(width - 3, self._line(7), line.detail, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _grid(self, lines: Sequence[Line], left: float, width: float, columns: int) -> None:
        """Labels over their values, in rows."""
        cell, gap = (width - 3 * (columns - 1)) / columns, 3
        for start in range(0, len(lines), columns):
            top = bottom = self.get_y()
            for number, line in enumerate(lines[start : start + columns]):
                self.set_xy(left + number * (cell + gap), top)
                self._type(6.8, ink=_SOFT)
                self.cell(cell, self._line(6.8), line.label, new_x=XPos.LEFT, new_y=YPos.NEXT)
                self._type(8.6)
                self.multi_cell(cell, self._line(8.6), line.text, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
                bottom = max(bottom, self.get_y())
            self.set_y(bottom + 0.8 * self._scale)

    def _meter(self, score: float | None, left: float, top: float) -> None:
        if score is None:
            return
        self.set_draw_color(*_RULE)
        self.set_fill_color(*_LIT)
        self.rect(left, top, 40 * score / 10, 2, style="F")
        self.rect(left, top, 40, 2)

    def _figures(self, sites: Sequence[Mapping[str, Any]], left: float, top: float, height: float) -> None:
        x0, y0, _width, full = figure.VIEW_BOX
        unit = height / full
        for number, shapes in enumerate(figure.views(sites).values()):
            offset = left + number * (self._figure_width(height) + 3)
            for shape in shapes:
                self.set_fill_color(*(_LIT if shape.lit else _BODY))
                for points in figure.polygons(shape):
                    self.polygon([(offset + (x - x0) * unit, top + (y - y0) * unit) for x, y in points], style="F")

    @staticmethod
    def _figure_width(height: float) -> float:
        _x, _y, width, full = figure.VIEW_BOX
        return height * width / full

    def _title(self, text: str, left: float | None = None) -> None:
        self.set_x(self.l_margin if left is None else left)
        self._type(7.6, bold=True, ink=_SOFT)
        self.cell(0, self._line(7.6), text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _text(self, text: str, size: float) -> None:
        self.multi_cell(0, self._line(size), text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _gap(self, height: float, *, rule: bool = False) -> None:
        self.set_y(self.get_y() + height * self._scale)
        if rule:
            self.set_draw_color(*_RULE)
            self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
            self.set_y(self.get_y() + height * self._scale)

    def _type(
        self, size: float, *, bold: bool = False, ink: tuple[int, int, int] = _INK, unscaled: bool = False
    ) -> None:
        self.set_font(_FONT, "B" if bold else "", size if unscaled else size * self._scale)
        self.set_text_color(*ink)

    def _line(self, size: float) -> float:
        """The height of a line of this type, in millimetres."""
        return size * self._scale * 0.46


_KINDS = ("danger", "who", "wants", "complaint", "conditions", "told", "unknown", "doctor", "why", "therapist")
