"""Makes `app/body_map_data.js` from the npm package body-muscles, so that the drawing can be traced to its source.

    npm pack body-muscles@1.0.0 && tar xzf body-muscles-1.0.0.tgz
    python bot/widget/make_body_map.py package

Muscles are gathered into the places our questions offer; a few long shapes are cut where a place of ours begins. The
drawing is the same on both sides, so only the half at the onlooker's left is kept: whoever draws it mirrors it.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path

Point = tuple[float, float]
# muscle (without side) -> place; a tuple (place, y, place below) cuts the shape at that height
FRONT: dict[str, str | tuple[str, float, str]] = {
    "head": "head", "face": ("head", 8.6, "jaw"), "neck": "neck", "shoulder-front": "shoulder", "shoulder-side": "shoulder",
    "biceps": "upper_arm", "elbow": "elbow", "forearm": ("forearm", 39.5, "wrist"), "hand": "hand",
    "chest-upper": "chest", "chest-lower": "chest", "serratus-anterior": "rib", "abs-upper": "abdomen",
    "abs-lower": "abdomen", "obliques": "abdomen", "hip-flexor": "hip", "adductors": ("groin", 52.0, "thigh"), "quads": "thigh",
    "knee": "knee", "tibialis-anterior": ("shin", 82.0, "ankle"), "foot": "foot",
}  # fmt: skip
BACK: dict[str, str | tuple[str, float, str]] = {
    "head-back": "head", "nape": "neck", "traps-upper": "shoulder", "deltoid-rear": "shoulder", "lats-upper": "scapula",
    "traps-mid": "upper_back", "traps-lower": "upper_back", "lats-mid": ("upper_back", 27.0, "low_back"),
    "lats-lower": "low_back", "spine": ("upper_back", 27.0, "low_back"), "lower-back-erectors": "low_back",
    "lower-back-ql": "low_back", "gluteus-medius": "hip", "gluteus-maximus": "buttock", "triceps-long": "upper_arm",
    "triceps-lateral": "upper_arm", "forearm-flexors": ("elbow", 31.0, "forearm"), "forearm-extensors": ("elbow", 31.0, "forearm"),
    "hand-back": "hand", "hamstrings-medial": "hamstring", "hamstrings-lateral": "hamstring", "knee-back": "knee",
    "calves-gastroc-medial": "calf", "calves-gastroc-lateral": "calf", "calves-soleus": "calf", "foot-back": ("ankle", 88.3, "heel"),
}  # fmt: skip
NO_SIDE = {"head", "neck", "chest", "abdomen", "upper_back", "low_back"}
MIDDLE = {"front": 158.5, "back": 156.0}  # in tenths of a unit, where the drawing is mirrored
HEAD = """/**
 * The figure: [place, side, points] for front and back, made by ../make_body_map.py; the half at the onlooker's left,
 * to be mirrored at x = `width` - x.
 * Changed: rounded, gathered into our places, some shapes cut, one half left out. Licence and notice: ../licences/.
 */
/*! Body Muscles 1.0.0, Copyright 2024 Ivan Vulović, Apache-2.0, changed: /licences/body-muscles.txt */
"""


def points(path: str) -> list[list[Point]]:
    """The polygons of an SVG path; curves become straight lines to their ends (the drawing has next to none)."""
    tokens = re.findall(r"[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?", path)
    shapes: list[list[Point]] = []
    x = y = 0.0
    command = ""
    at = 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
            if command in "zZ":
                x, y = shapes[-1][0]
                continue
        count = {"h": 1, "v": 1, "c": 6}.get(command.lower(), 2)
        numbers = [float(token) for token in tokens[at : at + count]]
        at += count
        base_x, base_y = (x, y) if command.islower() else (0.0, 0.0)
        x = x if command in "vV" else base_x + (numbers[-2] if count > 1 else numbers[0])
        y = y if command in "hH" else base_y + numbers[-1]
        if command in "mM":
            shapes.append([])
            command = "l" if command == "m" else "L"
        shapes[-1].append((x, y))
    return shapes


def cut(shape: list[Point], axis: int, limit: float, keep_less: bool) -> list[Point]:
    """The part of a polygon on one side of a vertical (axis 0) or horizontal (axis 1) line."""
    kept: list[Point] = []
    for a, b in zip(shape, shape[1:] + shape[:1], strict=True):
        inside_a, inside_b = (p[axis] <= limit if keep_less else p[axis] >= limit for p in (a, b))
        if inside_a:
            kept.append(a)
        if inside_a != inside_b:
            part = (limit - a[axis]) / (b[axis] - a[axis])
            kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
    return kept


def gather(
    source: Path, places: dict[str, str | tuple[str, float, str]], offset: float, middle: float
) -> list[list[str]]:
    """The shapes of one half of a view by place and side, as SVG paths in tenths of a unit."""
    found: dict[tuple[str, str], list[str]] = {}
    text = source.read_text(encoding="utf-8")
    for muscle, path in re.findall(r'id:\s*"([^"]+)".*?path:\s*"([^"]+)"', text, re.S):
        name, _, side = muscle.rpartition("-") if muscle.endswith(("-left", "-right")) else (muscle, "", "")
        for shape in points(path):
            for place, polygon in pieces(shape, places[name]):
                for key, part in sided(place, side, polygon, offset):
                    if sum(x - offset for x, _ in part) / len(part) * 10 > middle + 1:
                        continue
                    found.setdefault((place, key), []).append(outline(part, offset))
    return [[place, side, "".join(shapes)] for (place, side), shapes in found.items()]


def outline(polygon: list[Point], offset: float) -> str:
    """A closed path: where it starts, then steps, because small numbers weigh less."""
    spots = [(round((x - offset) * 10), round(y * 10)) for x, y in polygon]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(spots)]
    line = "".join(
        f"{dx}{dy:+d}" if at == 0 else f"{dx:+d}{dy:+d}"
        for at, (dx, dy) in enumerate(step for step in steps if step != (0, 0))
    )
    return f"M{spots[0][0]},{spots[0][1]}l{line}z".replace("+", " ")


def pieces(shape: list[Point], to: str | tuple[str, float, str]) -> list[tuple[str, list[Point]]]:
    """The shape, or its two parts when a place of ours begins in it."""
    if isinstance(to, str):
        return [(to, shape)]
    above, y, below = to
    parts = [(above, cut(shape, 1, y, True)), (below, cut(shape, 1, y, False))]
    return [(place, part) for place, part in parts if len(part) > 2]


def sided(place: str, side: str, polygon: list[Point], offset: float) -> list[tuple[str, list[Point]]]:
    """The polygon with its side; the jaw has none in the source and is cut in the middle."""
    if place in NO_SIDE:
        return [("", polygon)]
    if side:
        return [(side, polygon)]
    middle = (max(x for x, _ in polygon) + min(x for x, _ in polygon)) / 2
    return [("right", cut(polygon, 0, middle, True)), ("left", cut(polygon, 0, middle, False))]


def main(package: str) -> None:
    """Write the data file beside the chat's other parts."""
    folder = Path(package) / "dist" / "data"
    views = {
        "front": gather(folder / "muscles.front.js", FRONT, 0.0, MIDDLE["front"]),
        "back": gather(folder / "muscles.back.js", BACK, 37.0, MIDDLE["back"]),
    }
    lines = [
        f"export const {name} = [\n" + "".join(f"  {json.dumps(row)},\n" for row in rows) + "];\n"
        for name, rows in views.items()
    ]
    lines.append(f"export const width = {json.dumps({name: int(2 * x) for name, x in MIDDLE.items()})};\n")
    Path(__file__).with_name("app").joinpath("body_map_data.js").write_text(
        HEAD + "\n" + "\n".join(lines), encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1])
