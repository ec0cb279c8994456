"""Where the parts of the face lie in the canonical raster, for drawing: region centres, outline, crop, plain names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import sentences, wording
from facialis.core.records import SIDES
from facialis.measure.regions import (
    RASTER_EYES_Y_PX,
    RASTER_HEIGHT_PX,
    RASTER_IOD_PX,
    RASTER_WIDTH_PX,
    muscles_of,
    outline_points,
    region_points,
    regions,
    template,
)

__all__ = ["Crop", "FaceMap", "face_map", "plain_name", "side_index"]

Array = NDArray[np.float64]

CROP_MARGIN_IOD = 0.30  # chosen: keeps brow and mouth in the picture; 0.2-0.4 only changes the framing


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A part of the raster in raster pixels: left, top, width, height."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True, kw_only=True)
class FaceMap:
    """The canonical raster as ``regions.yaml`` describes it.

    ``centres_px`` holds for each region a (2, 2) array: the centre (x, y) of the person's right and left side.
    ``chains`` lists the outline's lines as (name, number of points), in the order of ``FaceTrack.outline_raster``.
    """

    width_px: int
    height_px: int
    iod_px: float
    centres_px: dict[str, Array]
    muscles: dict[str, str]
    chains: tuple[tuple[str, int], ...]
    template_outline_px: Array

    def crop(self) -> Crop:
        """From brow to lower lip, side to side: the part of the raster that films show."""
        shown = muscles_of("shown")
        points = np.concatenate([at for name, at in self.centres_px.items() if self.muscles[name] in shown])
        low = points.min(axis=0) - CROP_MARGIN_IOD * self.iod_px
        high = points.max(axis=0) + CROP_MARGIN_IOD * self.iod_px
        x0, y0 = max(low[0], 0.0), max(low[1], 0.0)
        x1, y1 = min(high[0], float(self.width_px)), min(high[1], float(self.height_px))
        return Crop(x_px=float(x0), y_px=float(y0), width_px=float(x1 - x0), height_px=float(y1 - y0))

    def chain_points(self, outline_px: Array) -> Array:
        """The points of the chains one after another, from all points of the mesh; of the template where there is none.

        Any other number of points comes back as it is.
        """
        if outline_px.shape[0] == 0:
            return self.template_outline_px
        if outline_px.shape[0] == len(template()):
            return outline_px[[number for numbers in outline_points().values() for number in numbers]]
        return outline_px

    def lines(self, outline_px: Array) -> list[tuple[str, Array]]:
        """The outline cut into its named lines; one unnamed cloud of points where it is not the known outline."""
        outline_px = self.chain_points(outline_px)
        if outline_px.shape[0] != sum(n for _, n in self.chains):
            return [("", outline_px)]
        ends = np.cumsum([n for _, n in self.chains])
        parts = np.split(outline_px, ends[:-1])
        return [(name, part) for (name, _), part in zip(self.chains, parts, strict=True)]

    def is_eye(self, region: str) -> bool:
        """Whether a measured region, or a muscle, belongs to the upper face: eye, brow and forehead."""
        return self.muscles.get(region, region) in muscles_of("upper_face")


@cache
def face_map() -> FaceMap:
    """The canonical raster of this installation; KnowledgeError if its description is broken."""
    places = template()[:, :2] * RASTER_IOD_PX + np.array([(RASTER_WIDTH_PX - 1) / 2, RASTER_EYES_Y_PX])
    centres = places[region_points()].mean(axis=2)
    chains = outline_points()
    return FaceMap(
        width_px=RASTER_WIDTH_PX,
        height_px=RASTER_HEIGHT_PX,
        iod_px=RASTER_IOD_PX,
        centres_px={region.name: centres[:, r] for r, region in enumerate(regions())},
        muscles={region.name: region.muscle for region in regions()},
        chains=tuple((name, len(numbers)) for name, numbers in chains.items()),
        template_outline_px=np.concatenate([places[np.array(numbers, dtype=int)] for numbers in chains.values()]),
    )


def plain_name(name: str, prefix: str = "region") -> str:
    """A word for a region, muscle, kind or measure that a reader understands; the name itself where none is known."""
    key = f"{prefix}_{name}"
    return wording(key) if key in sentences() else name.replace("_", " ")


def side_index(side: str) -> tuple[int, ...]:
    """Positions in the side dimension that an event's side stands for."""
    return (0, 1) if side == "both" else (SIDES.index("right" if side == "right" else "left"),)
