"""The small body figure: the widget's own drawing, with the places of one complaint lit."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DRAWING = Path(__file__).resolve().parents[2] / "widget" / "app" / "body_map_data.js"
# The size of one view, in the units of the drawing: left, top, width, height.
VIEW_BOX = (-8, -4, 328, 938)

# A place the drawing has no shape of its own for is shown by the shapes that hold it.
_SHOWN_AS: Mapping[str, tuple[str, ...]] = {
    "forehead": ("head",), "occiput": ("head",), "face": ("head", "jaw"), "tmj": ("jaw",), "neck_back": ("neck",),
    "cervical_spine": ("neck",), "shoulder_girdle": ("shoulder",), "trapezius": ("shoulder",), "ac_joint": ("shoulder",),
    "rotator_cuff": ("shoulder",), "axilla": ("shoulder",), "arm": ("upper_arm", "elbow", "forearm"), "finger": ("hand",),
    "thumb": ("hand",), "chest_wall": ("chest", "rib"), "sternum": ("chest",), "thoracic_spine": ("upper_back",),
    "back": ("upper_back", "low_back"), "lumbar_spine": ("low_back",), "flank": ("rib",), "si_joint": ("low_back",),
    "sacrum": ("low_back",), "coccyx": ("buttock",), "pelvis": ("hip", "groin"), "leg": ("thigh", "hamstring", "knee", "shin", "calf"),
    "it_band": ("thigh",), "popliteal": ("knee",), "patella": ("knee",), "lower_leg": ("shin", "calf"), "achilles": ("ankle", "heel"),
    "plantar_fascia": ("heel", "foot"), "toe": ("foot",), "trunk": ("chest", "abdomen", "upper_back", "low_back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One place of the drawing as an SVG path; `lit` when the complaint names it."""

    place: str
    side: str
    path: str
    lit: bool = False


def views(sites: Iterable[Mapping[str, Any]]) -> Mapping[str, tuple[Shape, ...]]:
    """`front` and `back` with the shapes of these sites lit; without a side, both sides are."""
    wanted = [(place, site.get("side")) for site in sites for place in _places(str(site["site"]))]

    def lit(shape: Shape) -> bool:
        return any(
            place in (shape.place, "*") and (side in (None, "both") or not shape.side or side == shape.side)
            for place, side in wanted
        )

    return {
        name: tuple(Shape(shape.place, shape.side, shape.path, lit(shape)) for shape in shapes)
        for name, shapes in _drawing().items()
    }


def polygons(shape: Shape) -> list[list[tuple[float, float]]]:
    """The outline of a shape as lists of points, for a printer that has no paths."""
    shapes: list[list[tuple[float, float]]] = []
    for part in filter(None, shape.path.split("M")):
        start, _, steps = part.rstrip("z").partition("l")
        x, y = _numbers(start)[:2]
        points = [(x, y)]
        moves = _numbers(steps)
        for dx, dy in zip(moves[::2], moves[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        shapes.append(points)
    return shapes


def _places(site: str) -> tuple[str, ...]:
    return ("*",) if site == "widespread" else _SHOWN_AS.get(site, (site,))


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


@functools.cache
def _drawing() -> Mapping[str, tuple[Shape, ...]]:
    """The rows of the widget's file, `["place", "side", "path"]`, and each of them mirrored to the other side."""
    front, back, width = re.split("export const (?:back|width) = ", _DRAWING.read_text(encoding="utf-8"))
    widths = json.loads(width.rstrip(";\n"))
    half = {
        name: [Shape(*json.loads(row)) for row in re.findall(r'\["\w+", "\w*", "[^"]+"\]', text)]
        for name, text in (("front", front), ("back", back))
    }
    return {
        name: tuple(both for shape in shapes for both in (shape, _mirrored(shape, widths[name])))
        for name, shapes in half.items()
    }


def _mirrored(shape: Shape, width: int) -> Shape:
    """The same shape on the other side of a drawing of this width."""
    path = "".join(
        f"M{width - x:g},{y:g}l"
        + " ".join(f"{a[0] - b[0]:g} {b[1] - a[1]:g}" for a, b in itertools.pairwise(points))
        + "z"
        for points in polygons(shape)
        for x, y in points[:1]
    )
    return Shape(shape.place, {"left": "right", "right": "left"}.get(shape.side, ""), path)
