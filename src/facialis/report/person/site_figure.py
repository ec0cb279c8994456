"""Where injections were given, on the outline of a face: as entered, never where to inject."""

from __future__ import annotations

from collections import Counter

import numpy as np

from facialis.core.knowledge import wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Site
from facialis.report.drawing.anatomy import face_map
from facialis.report.drawing.svg import Drawing, number, polyline

__all__ = ["draw_sites"]

_RADIUS_PX = 7.5


def draw_sites(answer: Answer) -> Drawing | None:
    """Sites of all injections as dots with how often each was entered; None where no site is on the map.

    A site whose side is not known is left out.
    """
    counts: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], Site] = {}
    for site in answer.sites:
        if site.x is not None and site.side is not None:
            counts[site.key, site.side] += 1
            places[site.key, site.side] = site
    if not counts:
        return None
    face = face_map()
    outline = face.template_outline_px
    middle, wide = (outline[:, 0].min() + outline[:, 0].max()) / 2, float(np.ptp(outline[:, 0]))
    eyes = float(np.mean([face.centres_px[name][:, 1] for name in ("upper_lid", "lower_lid")]))
    out = Drawing(face.width_px, face.height_px, wording("visit_sites_label", count=counts.total()), "face-map")
    for name, line in face.lines(outline):
        if name:
            out.add("path", d=polyline(line[:, 0], line[:, 1]), class_="outline")
    for (key, side), count in sorted(counts.items()):
        site = places[key, side]
        if site.x is None or site.y is None:
            continue
        # The person's left is on the right of the picture.
        x, y = middle + (site.x if side == "left" else -site.x) * wide, eyes + site.y * wide
        inside = min(float(y), face.height_px - _RADIUS_PX - 2)
        out.open("g")
        out.add("title", f"{site.name}, {wording(f'visit_side_{side}')}: {count}")
        out.add("circle", cx=number(float(x)), cy=number(inside), r=number(_RADIUS_PX), class_=f"spot site-{side}")
        out.text(float(x), inside + 3.0, str(count), "site-text mid")
        out.close("g")
    return out
