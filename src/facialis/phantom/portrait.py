"""Pictures of a posed head: projection, visibility, texture and light, in NumPy and OpenCV alone.

Triangles are drawn from far to near as numbers into an enlarged raster; colour is then worked out for each pixel from
the exact plane of its triangle, so that motion is continuous and not rounded to pixels. Pixels where the surface breaks
(outline, lids, lips) are the mean of many samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.numeric.images.surface import blend_samples, lay_out, light_up, texture_charts, texture_places
from facialis.phantom.head import LAYERS, Head, Pose, View, vertex_normals
from facialis.phantom.skin import Atlas

__all__ = ["Light", "Painter", "Projected"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

SAMPLES = 3  # per pixel side at breaks of the surface; chosen: 9 levels of an edge lie below sensor noise; 2 - 4 works
_SHIFT = 4  # bits of a sample below whole numbers that OpenCV's polygon filler keeps
_BREAK = 4.0  # chosen: texture that jumps this many times the usual step is a break; 3 - 8 looks the same
_NOTHING = 255  # in place of a layer where there is no head
_THIN_PX = 0.7  # chosen: triangles thinner than this are of one colour; 0.4 - 1.5 looks the same
_KEY = np.array([0.35, 0.55, 1.0])  # chosen: a window to the upper right of the camera
_FILL = np.array([-0.7, 0.2, 0.6])  # chosen: the room
_GLINT = np.array([0.2, 0.06, 1.0])  # chosen by eye: where a window is seen in a cornea, below the lid
_GLOSS = {"skin": 0.06, "eye": 0.9, "mouth": 0.03, "tooth": 0.15, "tongue": 0.08, "socket": 0.0}  # chosen by eye


@dataclass(frozen=True, kw_only=True)
class Light:
    """``gain`` multiplies all light; ``turn_deg`` moves the main light towards the person's left."""

    gain: float = 1.0
    turn_deg: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Projected:
    """A head in front of the camera: vertices in the picture, their distance, their normals, all in one order."""

    xy_px: Floats
    depth: Floats
    normal: Floats


class Painter:
    """Paints one person into pictures of one size.

    Parameters
    ----------
    head
        Whose head.
    view
        The camera.
    atlas
        The head's colours.
    """

    def __init__(self, head: Head, view: View, atlas: Atlas) -> None:
        self.head = head
        self.view = view
        self.atlas = atlas
        self._gloss = np.array([_GLOSS[name] for name in LAYERS], np.float32)[head.layer]
        self._eye = head.layer == LAYERS.index("eye")
        self._layer8 = np.concatenate([[_NOTHING], head.layer]).astype(np.uint8)  # index 0 is the background

    def project(self, shapes: Mapping[str, float], pose: Pose, gaze_deg: Floats | None = None) -> Projected:
        """The head with these shapes in this pose, as the camera sees it."""
        points = self.head.posed(self.head.points(shapes, gaze_deg), pose)
        normal = vertex_normals(points, self.head.triangles)
        # Eyeballs are lit as balls: the bulging cornea is not in the mesh.
        normal[self.head.skin_vertices :] = self.head.eye_normals @ pose.rotation().T
        return Projected(xy_px=self.view.project(points, self.head), depth=points[:, 2], normal=normal)

    def paint(self, seen: Projected, light: Light, picture: Floats32) -> None:
        """Paint the head into a (height, width, 3) picture: blue-green-red, 0-255, beyond where it glares."""
        ids = self._visible(seen)
        middle = SAMPLES // 2
        centre = ids[middle::SAMPLES, middle::SAMPLES].copy()
        planes = self._planes(seen)
        edge = self._breaks(centre, texture_charts(planes, centre))
        triangle, x, y, pixel, whole, edge_pixel, hits = lay_out(ids, edge, SAMPLES)
        colours = self._colours(planes, triangle, x, y, self._lid_shade(centre).ravel()[pixel], light)
        blend_samples(picture.reshape(-1, 3), colours, pixel, whole, edge_pixel, hits, SAMPLES)

    def layers(self, seen: Projected) -> NDArray[np.int64]:
        """(height, width) number of the layer of `LAYERS` that each pixel shows; -1 where there is no head."""
        middle = SAMPLES // 2
        shown = self._layer8[self._visible(seen)[middle::SAMPLES, middle::SAMPLES]].astype(np.int64)
        return np.where(shown == _NOTHING, -1, shown)

    def visible_vertices(self, seen: Projected) -> NDArray[np.bool_]:
        """Skin vertices that the camera sees: facing it, within the picture, and not behind another part."""
        ids = self._visible(seen)
        count = self.head.skin_vertices
        xy = seen.xy_px[:count]
        height, width = self.view.height_px, self.view.width_px
        good = self.head.on_skin & (seen.normal[:count, 2] > 0.05)
        good &= (xy[:, 0] >= 0) & (xy[:, 0] <= width - 1) & (xy[:, 1] >= 0) & (xy[:, 1] <= height - 1)
        where = np.rint(xy[good] * SAMPLES + SAMPLES // 2).astype(np.int64)
        where = np.clip(where, 0, [width * SAMPLES - 1, height * SAMPLES - 1])
        top = ids[where[:, 1], where[:, 0]].astype(np.int64) - 1
        depth = seen.depth[self.head.triangles[top]].mean(1)
        near = (top < 0) | (depth < seen.depth[:count][good] + 0.1 * self.head.iod)
        rows = np.flatnonzero(good)
        out = np.zeros(count, bool)
        out[rows[near]] = True
        return out

    def _visible(self, seen: Projected) -> NDArray[np.uint16]:
        """1 + number of the foremost triangle at each sample, 0 where there is none."""
        height, width = self.view.height_px, self.view.width_px
        ids = np.zeros((height * SAMPLES, width * SAMPLES), np.uint16)
        corners = seen.xy_px[self.head.triangles]
        a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
        shown = (area < 0) & (high[:, 0] > -1) & (high[:, 1] > -1) & (low[:, 0] < width) & (low[:, 1] < height)
        far = seen.depth[self.head.triangles]
        depth = (far[:, 0] + far[:, 1] + far[:, 2]) / 3
        order = np.lexsort((depth, self.head.layer))
        order = order[shown[order]]
        fixed = np.rint((corners[order] * SAMPLES + SAMPLES // 2) * (1 << _SHIFT)).astype(np.int32)
        fill = cv2.fillConvexPoly
        for number, triangle in zip((order + 1).tolist(), fixed, strict=True):
            fill(ids, triangle, number, 8, _SHIFT)
        return ids

    def _planes(self, seen: Projected) -> Floats32:
        """(17, triangles): u, v and normal at the centre of each triangle, their slopes along x and y, the centre."""
        corners = seen.xy_px[self.head.triangles]
        normal = seen.normal[self.head.triangles]
        values = np.concatenate([self.atlas.uv, normal], axis=2)  # (triangles, corner, 5)
        e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        area = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
        # A triangle seen edge on is thinner than a pixel: its slopes would throw colours far outside it.
        sides = corners - corners[:, [2, 0, 1]]
        square = sides[:, :, 0] ** 2 + sides[:, :, 1] ** 2
        longest = np.sqrt(np.maximum(np.maximum(square[:, 0], square[:, 1]), square[:, 2]))
        thick = np.clip(np.abs(area) / (longest + 1e-9) / _THIN_PX - 0.5, 0, 1)[:, None]
        area = np.where(np.abs(area) < 1e-9, 1e-9, area)[:, None]
        d1, d2 = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
        along_x = thick * (d1 * e2[:, 1:2] - d2 * e1[:, 1:2]) / area
        along_y = thick * (d2 * e1[:, 0:1] - d1 * e2[:, 0:1]) / area
        middle = (values[:, 0] + values[:, 1] + values[:, 2]) / 3
        centre = (corners[:, 0] + corners[:, 1] + corners[:, 2]) / 3
        return np.concatenate([middle, along_x, along_y, centre], axis=1).T.astype(np.float32).copy()

    def _breaks(self, centre: NDArray[np.uint16], charts: Floats32) -> NDArray[np.bool_]:
        """Pixels near which the surface jumps."""
        box = np.ones((3, 3), np.uint8)
        layer = self._layer8[centre]
        out: NDArray[np.bool_] = cv2.dilate(layer, box) != cv2.erode(layer, box)
        step = _BREAK * self.atlas.texels_per_iod / self.view.iod_px
        for chart in charts:
            out |= (cv2.dilate(chart, box) - cv2.erode(chart, box)) > 2 * step
        return out

    def _lid_shade(self, centre: NDArray[np.uint16]) -> Floats32:
        """What light reaches each pixel: eyeballs and teeth lie in the shade of the lids and lips above them."""
        layer = self._layer8[centre]
        deep = (layer < LAYERS.index("skin")).astype(np.uint8)
        shade = np.ones(centre.shape, np.float32)
        x, y, w, h = cv2.boundingRect(deep)
        if w == 0:
            return shade
        reach = max(1, round(0.09 * self.view.iod_px))  # chosen by eye: how far a lid throws its shade
        rows = slice(max(0, y - 2 * reach), y + h + 2 * reach)
        columns = slice(max(0, x - 2 * reach), x + w + 2 * reach)
        skin = 1 - deep[rows, columns].astype(np.float32)
        down = np.array([[1.0, 0, 0], [0, 1, reach * 0.6]])
        cover = cv2.warpAffine(skin, down, skin.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        cover = cv2.GaussianBlur(cover, (0, 0), reach * 0.6)
        shade[rows, columns] = np.where(deep[rows, columns] > 0, 1 - 0.6 * np.clip(cover, 0, 1), 1)
        return shade

    def _colours(
        self, planes: Floats32, triangle: Ints, x: Floats32, y: Floats32, shade: Floats32, light: Light
    ) -> Floats32:
        places = texture_places(planes, triangle, x, y)
        texture = self.atlas.sample(places[0], places[1])
        turn = np.radians(light.turn_deg)
        key = np.array(
            [_KEY[0] * np.cos(turn) + _KEY[2] * np.sin(turn), _KEY[1], _KEY[2] * np.cos(turn) - _KEY[0] * np.sin(turn)]
        )
        key /= np.linalg.norm(key)
        fill = _FILL / np.linalg.norm(_FILL)
        half = key + np.array([0, 0, 1])
        half /= np.linalg.norm(half)

        bright, gloss, size = light_up(places[2:], np.array([key, fill, half], np.float32))
        wet = np.flatnonzero(self._eye[triangle])
        if wet.size:
            glint = _GLINT / np.linalg.norm(_GLINT)
            nx, ny, nz = places[2:, wet]
            along = (nx * glint[0] + ny * glint[1] + nz * glint[2]) * size[wet]
            gloss[wet] = np.maximum(along, 0) ** 400
        bright *= shade
        bright *= np.float32(light.gain)
        gloss *= self._gloss[triangle] * (255 * light.gain * shade)
        texture *= bright[:, None]
        texture += gloss[:, None]
        return texture
