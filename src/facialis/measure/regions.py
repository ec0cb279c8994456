"""The map of the face in ``regions.yaml``: windows, landmarks of both sides, and which windows belong together."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import data_bytes, load
from facialis.core.records import SIDES

__all__ = [
    "RASTER_EYES_Y_PX",
    "RASTER_HEIGHT_PX",
    "RASTER_IOD_PX",
    "RASTER_WIDTH_PX",
    "Part",
    "Region",
    "canthi_points",
    "eye_opening_points",
    "feature_parts",
    "groups",
    "lid_points",
    "mirror",
    "muscles_of",
    "outline_points",
    "parts",
    "patterns",
    "pose_points",
    "region_points",
    "regions",
    "rigid_points",
    "template",
    "unions",
    "window_index",
    "windows_of",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]

# The canonical face raster, in which every recording's face has the same size; read by the report as well.
RASTER_WIDTH_PX: int = 256  # chosen: 2.7 IOD, temple to temple and a margin
RASTER_HEIGHT_PX: int = 320  # chosen: 3.3 IOD, hairline to chin and a margin
RASTER_IOD_PX: float = 96.0  # chosen: between a webcam face (45 px) and a phone's (180 px)
RASTER_EYES_Y_PX: float = 110.0  # chosen: leaves 1.1 IOD above the eyes and 2.2 IOD below


@dataclass(frozen=True, kw_only=True)
class Region:
    """A window of skin: name, muscle, mesh points of the right side, the direction of pull [lateral, up],
    and the standard deviation of the window's weight across and along the face in IOD.
    """

    name: str
    muscle: str
    points: tuple[int, ...]
    pull: tuple[float, float]
    window_iod: tuple[float, float]


@contextmanager
def _described(what: str) -> Iterator[None]:
    """Raises what an incomplete row of ``regions.yaml`` causes as a KnowledgeError that names the kind of row."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise KnowledgeError(f"regions.yaml has an incomplete {what}: {error}.") from error


def _rows(section: str) -> dict[str, Any]:
    return {name: row for name, row in load("regions.yaml")[section].items() if name != "references"}


@cache
def regions() -> tuple[Region, ...]:
    """All muscle regions in the order in which `facialis.core.records.Motion` holds them."""
    with _described("region"):
        return tuple(
            Region(
                name=name,
                muscle=row["muscle"],
                points=tuple(row["points"]),
                pull=tuple(row["pull"]),
                window_iod=tuple(row["window"]),
            )
            for name, row in _rows("regions").items()
        )


def window_index(*names: str) -> Index:
    """Positions of windows in the order of `regions`; KnowledgeError for a name that is none."""
    every = [region.name for region in regions()]
    unknown = [name for name in names if name not in every]
    if unknown:
        raise KnowledgeError(f"regions.yaml describes no window {', '.join(unknown)}.")
    return np.array([every.index(name) for name in names], dtype=np.int64)


def _sets(section: str, key: str = "windows") -> Mapping[str, tuple[str, ...]]:
    with _described(f"row of {section}"):
        rows = {name: tuple(str(item) for item in row[key]) for name, row in _rows(section).items()}
    if key == "windows":
        for names in rows.values():
            window_index(*names)
    return MappingProxyType(rows)


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Windows that move together when a branch of the facial nerve fires; a window in no group gives no evidence."""
    return _sets("groups")


@cache
def unions() -> Mapping[str, tuple[str, ...]]:
    """Windows of several `groups` that are also tested together: ``face`` and ``all``."""
    with _described("row of unions"):
        return MappingProxyType(
            {name: tuple(w for g in row["groups"] for w in groups()[g]) for name, row in _rows("unions").items()}
        )


@cache
def patterns() -> Mapping[str, Array]:
    """Contractions that the detector looks for: how far each window moves along its pull (region,).

    Relative to the window that moves most in the whole contraction, ``hemiface``; 0 for a window that takes no part.
    """
    found: dict[str, Array] = {}
    with _described("row of patterns"):
        for name, row in _rows("patterns").items():
            share = np.zeros(len(regions()))
            if "of" in row:
                members = window_index(*(window for group in row["groups"] for window in groups()[group]))
                share[members] = found[row["of"]][members]
            else:
                share[window_index(*row["windows"])] = [float(value) for value in row["windows"].values()]
            found[name] = share
    return MappingProxyType(found)


@cache
def feature_parts() -> Mapping[str, tuple[str, ...]]:
    """Windows that the rule of kinds treats as one, by the name with which its features begin."""
    return _sets("features")


@cache
def windows_of(role: str) -> tuple[str, ...]:
    """Windows that play this role in one step of the detection (``roles`` in ``regions.yaml``)."""
    with _described("role"):
        return _sets("roles")[role]


@cache
def muscles_of(name: str) -> frozenset[str]:
    """A named set of muscles by which events are judged (``muscles`` in ``regions.yaml``)."""
    with _described("set of muscles"):
        return frozenset(_sets("muscles", "muscles")[name])


@dataclass(frozen=True, kw_only=True)
class Part:
    """What contracts together: its name, the regions for which its detection limit stands, and how far each window goes
    when the point that moves most goes 1 (region,), in the order of `regions`.
    """

    name: str
    stands_for: tuple[str, ...]
    share: NDArray[np.float64]


@cache
def parts() -> tuple[Part, ...]:
    """All parts of the face that have a detection limit."""
    found: list[Part] = []
    with _described("part"):
        for name, row in _rows("parts").items():
            share = np.zeros(len(regions()))
            share[window_index(*row["windows"])] = [float(value) for value in row["windows"].values()]
            window_index(*row["regions"])
            found.append(Part(name=name, stands_for=tuple(row["regions"]), share=share))
    return tuple(found)


@cache
def _template_file() -> tuple[Array, Index]:
    with np.load(io.BytesIO(data_bytes("face_template.npz"))) as file:
        return file["points_iod"].astype(np.float64), file["mirror"].astype(np.int64)


def template() -> Array:
    """The mesh (478, 3) of a symmetric face at rest, in IOD from between the eyes: x to its left, y down."""
    return _template_file()[0]


def mirror() -> Index:
    """For each mesh point the number of its counterpart on the other side (478,)."""
    return _template_file()[1]


def _both_sides(right: Index) -> Index:
    """Mesh points of the right side and of the left (side, …), in the order of `facialis.core.records.SIDES`."""
    assert SIDES == ("right", "left")
    return np.stack([right, mirror()[right]])


@cache
def region_points() -> Index:
    """Mesh points of every window (side, region, point)."""
    return _both_sides(np.array([region.points for region in regions()]))


@cache
def _eyes(what: str) -> Index:
    with _described("eye"):
        return _both_sides(np.array(load("regions.yaml")["eyes"][what], dtype=np.int64))


def eye_opening_points() -> Index:
    """Mesh points round each eye's opening, in order (side, point)."""
    return _eyes("opening")


def lid_points() -> Index:
    """Mesh points of the lid margins that face each other (side, pair, upper and lower)."""
    return _eyes("lids")


def canthi_points() -> Index:
    """Mesh points of the corners of each eye (side, outer and inner)."""
    return _eyes("canthi")


@cache
def pose_points() -> tuple[int, ...]:
    """Mesh points from which the turn of the head is read: of rigid skin, the corners of the eyes and the nose."""
    with _described("pose"):
        row = load("regions.yaml")["pose"]
        pairs = _both_sides(np.array(row["pairs"], dtype=np.int64))
        rigid = {point for window in rigid_points() for point in window}
        return tuple(sorted(rigid | {int(p) for p in (*row["midline"], *pairs.ravel(), *canthi_points().ravel())}))


@cache
def rigid_points() -> tuple[tuple[int, ...], ...]:
    """Mesh points of the windows of rigid skin: midline first, then right and left of each pair in turn."""
    with _described("window of rigid skin"):
        rows = load("regions.yaml")["rigid"]
        found = [tuple(points) for points in rows["midline"]]
        for points in rows["pairs"]:
            found += [tuple(points), tuple(int(mirror()[p]) for p in points)]
        return tuple(found)


def outline_points() -> dict[str, list[int]]:
    """Chains of mesh points that draw a face: name to points in order."""
    return {name: list(points) for name, points in _rows("outline").items()}
