"""The muscle regions and the rigid skin of ``regions.yaml``, as arrays of mesh points for both sides."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

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
    "mirror",
    "outline_points",
    "parts",
    "region_points",
    "regions",
    "rigid_points",
    "template",
]

Array = NDArray[np.float64]

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


@cache
def regions() -> tuple[Region, ...]:
    """All muscle regions in the order in which `facialis.core.records.Motion` holds them."""
    rows = load("regions.yaml")["regions"]
    try:
        return tuple(
            Region(
                name=name,
                muscle=row["muscle"],
                points=tuple(row["points"]),
                pull=tuple(row["pull"]),
                window_iod=tuple(row["window"]),
            )
            for name, row in rows.items()
        )
    except (KeyError, TypeError) as error:
        raise KnowledgeError(f"regions.yaml has an incomplete region: {error}.") from error


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
    names = [region.name for region in regions()]
    try:
        return tuple(
            Part(
                name=name,
                stands_for=tuple(row["regions"]),
                share=np.array([float(row["windows"].get(region, 0.0)) for region in names]),
            )
            for name, row in load("regions.yaml")["parts"].items()
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"regions.yaml has an incomplete part: {error}.") from error


@cache
def _template_file() -> tuple[Array, NDArray[np.int64]]:
    with np.load(io.BytesIO(data_bytes("face_template.npz"))) as file:
        return file["points_iod"].astype(np.float64), file["mirror"].astype(np.int64)


def template() -> Array:
    """The mesh (478, 3) of a symmetric face at rest, in IOD from between the eyes: x to its left, y down."""
    return _template_file()[0]


def mirror() -> NDArray[np.int64]:
    """For each mesh point the number of its counterpart on the other side (478,)."""
    return _template_file()[1]


@cache
def region_points() -> NDArray[np.int64]:
    """Mesh points of every window (side, region, point), sides in the order of `facialis.core.records.SIDES`."""
    right = np.array([region.points for region in regions()])
    assert SIDES == ("right", "left")
    return np.stack([right, mirror()[right]])


@cache
def rigid_points() -> tuple[tuple[int, ...], ...]:
    """Mesh points of the windows of rigid skin: midline first, then right and left of each pair in turn."""
    rows = load("regions.yaml")["rigid"]
    found = [tuple(points) for points in rows["midline"]]
    for points in rows["pairs"]:
        found += [tuple(points), tuple(int(mirror()[p]) for p in points)]
    return tuple(found)


def outline_points() -> dict[str, list[int]]:
    """Chains of mesh points that draw a face: name to points in order."""
    return {name: list(points) for name, points in load("regions.yaml")["outline"].items()}
