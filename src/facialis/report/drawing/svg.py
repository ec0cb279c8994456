"""A drawing as SVG text: small, the same every time, coloured by the page's style sheet (so that dark mode works)."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from facialis.numeric.signals.filters import segments

__all__ = ["Drawing", "area", "number", "polyline"]

Array = NDArray[np.float64]


def number(value: float) -> str:
    """A coordinate with a tenth of a unit, as short as it can be written."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def polyline(x: Array, y: Array) -> str:
    """Path data through the points; NaN lifts the pen."""
    parts: list[str] = []
    pen = False
    for at_x, at_y in zip(x.tolist(), y.tolist(), strict=True):
        if at_y != at_y:
            pen = False
            continue
        parts.append(f"{'L' if pen else 'M'}{number(at_x)} {number(at_y)}")
        pen = True
    return "".join(parts)


def area(x: Array, low: Array, high: Array) -> str:
    """Path data of the band between two lines; NaN in either ends one piece and starts the next."""
    good = np.isfinite(low) & np.isfinite(high)
    parts = []
    for first, last in ((run.start, run.stop) for run in segments(good)):
        there = zip(x[first:last].tolist(), high[first:last].tolist(), strict=True)
        back = zip(x[first:last][::-1].tolist(), low[first:last][::-1].tolist(), strict=True)
        points = [f"{number(a)} {number(b)}" for a, b in there]
        floor = low[first:last]
        if bool(np.all(floor == floor[0])):  # a straight floor needs two points only
            points += [
                f"{number(float(x[last - 1]))} {number(float(floor[0]))}",
                f"{number(float(x[first]))} {number(float(floor[0]))}",
            ]
        else:
            points += [f"{number(a)} {number(b)}" for a, b in back]
        parts.append("M" + "L".join(points) + "Z")
    return "".join(parts)


class Drawing:
    """Collects the shapes of one picture. Texts and attribute values are escaped."""

    def __init__(self, width: float, height: float, label: str, kind: str = "chart") -> None:
        self.width = width
        self.height = height
        self.label = label
        self.kind = kind
        self._parts: list[Markup] = []
        self._links = False

    def add(self, tag: str, text: str | None = None, **attributes: object) -> None:
        """Add a shape. Attribute names: ``class_`` for class, underscores become hyphens."""
        self._parts.append(_element(tag, text, attributes))

    def line(self, x1: float, y1: float, x2: float, y2: float, class_: str) -> None:
        """Add a straight line."""
        self.add("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", class_=class_)

    def text(self, x: float, y: float, text: str, class_: str = "") -> None:
        """Add a text with its base line at y."""
        self.add("text", text, x=number(x), y=number(y), class_=class_)

    def rect(self, x: float, y: float, width: float, height: float, class_: str) -> None:
        """Add a rectangle."""
        self.add(
            "rect", x=number(x), y=number(y), width=number(max(width, 0)), height=number(max(height, 0)), class_=class_
        )

    def open(self, tag: str, **attributes: object) -> None:
        """Begin a group or link; `close` ends it."""
        self._links |= tag == "a"
        self._parts.append(Markup(str(_element(tag, None, attributes)).removesuffix("/>") + ">"))

    def close(self, tag: str) -> None:
        """End a group or link."""
        self._parts.append(Markup("</{}>").format(tag))

    def markup(self) -> Markup:
        """The drawing as an element that can stand in a page."""
        role = "group" if self._links else "img"  # what can be chosen inside a picture must stay reachable
        opening = '<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="{}" aria-label="{}">'
        head = Markup(opening).format(
            self.kind,
            number(self.width),
            number(self.height),
            number(self.width),
            number(self.height),
            role,
            self.label,
        )
        return head + Markup("").join(self._parts) + Markup("</svg>")


def _element(tag: str, text: str | None, attributes: dict[str, object]) -> Markup:
    pairs = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value not in ("", None)
    )
    if text is None:
        return Markup("<{}{}/>").format(tag, pairs)
    return Markup("<{}{}>{}</{}>").format(tag, pairs, escape(text), tag)
