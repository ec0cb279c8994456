"""The phantom before its camera: pictures as the sensor gives them, and where points of the face are in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.numeric.images.surface import cover, sense, whole
from facialis.phantom.acts import Occlusion, Stage
from facialis.phantom.head import Head, Pose, View
from facialis.phantom.portrait import Light, Painter, Projected
from facialis.phantom.skin import TONES, make_atlas
from facialis.phantom.specification import Camera, Identity, PhantomSpec

__all__ = ["Scene"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

_LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red; ITU-R BT.601, section 2.5.1
_TO_YCC = np.stack([_LUMA, (np.array([1, 0, 0]) - _LUMA) / 1.772, (np.array([0, 0, 1]) - _LUMA) / 1.402])  # likewise


class Scene:
    """Somebody before a camera, ready to be painted at any moment.

    Parameters
    ----------
    spec
        Who and which camera. Acts are not looked at: they come as a `Stage`.
    """

    def __init__(self, spec: PhantomSpec) -> None:
        self.spec = spec
        still = replace(
            spec.camera,
            codec="libx264",
            crf=20,
            gain=0.0,
            read_noise=0.0,
            rotation_deg=0,
            jitter_ms=0.0,
            blur_samples=1,
            exposure_share=1.0,
        )  # what changes the picture but not the painter
        self.painter = _painter(spec.identity, still, spec.iod_px)
        height, width = still.height_px, still.width_px
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / ((width / 2) ** 2 + (height / 2) ** 2)
        self._background = _background(still, spec.iod_px, spec.seed)
        self._inside, self._shirt = _shirt(self.painter.view)
        self._clothed = max(0, int(np.argmax(self._shirt[:, :, 3].any(axis=1))) - 2)  # nothing is worn above this row
        self._falloff: Floats32 = (1 - spec.camera.vignette * away)[:, :, None].astype(np.float32)

    def project(self, stage: Stage, k: int = 0) -> Projected:
        """The head at moment ``k`` of a stage, as the camera sees it."""
        yaw, pitch, roll, x, y, z = (float(v) for v in stage.pose[k])
        pose = Pose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, x_iod=x, y_iod=y, z_iod=z)
        shapes = {name: float(values[k]) for name, values in stage.shapes.items()}
        return self.painter.project(shapes, pose, stage.gaze_deg[k])

    def picture(self, stage: Stage, k: int = 0) -> Floats32:
        """Noise-free (height, width, 3) picture at moment ``k``, blue-green-red in 0-255."""
        gain, turn = (float(v) for v in stage.light[k])
        picture = self._background.copy()
        self._lay(self._inside, picture, stage.pose[k], gain)
        self.painter.paint(self.project(stage, k), Light(gain=gain, turn_deg=turn), picture)
        self._lay(self._shirt, picture, stage.pose[k], gain)
        for hand, place in stage.hands:
            if np.isfinite(place[k]).all():
                self._cover(picture, hand, place[k], gain)
        picture *= self._falloff
        return picture

    def frame(self, picture: Floats32, index: int, time_s: float) -> Frame:
        """What the sensor makes of a picture: noise, luma and chroma in whole numbers.

        The noise depends on the specification's seed and on ``index`` alone.
        """
        camera = self.spec.camera
        planes: Floats32 = np.asarray(cv2.transform(picture, _TO_YCC), np.float32)
        luma = np.ascontiguousarray(planes[:, :, 0])
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        chroma: Floats32 = np.asarray(cv2.resize(planes[:, :, 1:], size, interpolation=cv2.INTER_AREA), np.float32)
        if camera.gain or camera.read_noise:
            rng = np.random.Generator(np.random.SFC64([self.spec.seed, 13, index]))
            level = np.minimum(np.maximum(luma, 0), 255)
            floor = camera.read_noise**2
            sense(luma.ravel(), level.ravel(), rng.standard_normal(luma.size, np.float32), camera.gain, floor, 1.0)
            small = cv2.resize(level, size, interpolation=cv2.INTER_AREA)
            # A chroma sample is a difference of two colours, each the mean of four pixels: about half the noise.
            spread = 0.5 * np.sqrt(camera.gain * small + camera.read_noise**2)
            chroma += spread[:, :, None] * rng.standard_normal(chroma.shape, np.float32)
        return Frame(
            index=index,
            time_s=time_s,
            luma=whole(luma.ravel(), 0.0).reshape(luma.shape),
            chroma=whole(chroma.ravel(), 128.0).reshape(chroma.shape).transpose(2, 0, 1).copy(),
        )

    def _lay(self, layer: Floats32, picture: Floats32, pose: Floats, gain: float) -> None:
        """Lay a piece of clothing over a picture: it shifts with the body and does not turn with the head."""
        first = self._clothed
        across, down = pose[3] * self.spec.iod_px, -pose[4] * self.spec.iod_px
        top = int(np.clip(first + np.floor(down) - 1, 0, len(picture)))
        if top == len(picture):
            return
        shift = np.array([[1, 0, across], [0, 1, first + down - top]])
        size = (picture.shape[1], len(picture) - top)
        laid = cv2.warpAffine(layer[first:], shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cover(picture[top:], np.asarray(laid, np.float64), gain)

    def _cover(self, picture: Floats32, hand: Occlusion, place: Floats, gain: float) -> None:
        view, iod = self.painter.view, self.spec.iod_px
        x = view.centre_x * view.width_px - 0.5 + place[0] * iod
        y = view.centre_y * view.height_px - 0.5 - place[1] * iod
        mask = np.zeros(picture.shape[:2], np.uint8)
        bits = 4
        cv2.circle(
            mask,
            (round(x * 2**bits), round(y * 2**bits)),
            round(hand.radius_iod * iod * 2**bits),
            255,
            -1,
            cv2.LINE_AA,
            bits,
        )
        colour = np.array([120, 150, 190], np.float32) * np.array(TONES[self.spec.identity.tone], np.float32) * gain
        share = (mask.astype(np.float32) / 255)[:, :, None]
        picture += share * (colour - picture)


@lru_cache(maxsize=2)  # chosen: one is enough for a pass, two for comparing
def _painter(identity: Identity, camera: Camera, iod_px: float) -> Painter:
    head = Head(identity.person)
    view = View(width_px=camera.width_px, height_px=camera.height_px, iod_px=iod_px, distance_iod=camera.distance_iod)
    return Painter(head, view, make_atlas(head, identity.tone, iod_px))


_COLLAR = ((-0.9, -1.5), (-0.78, -1.8), (-0.45, -2.06), (0.0, -2.15), (0.45, -2.06), (0.78, -1.8), (0.9, -1.5))
_NAPE = ((0.5, -1.4), (0.0, -1.36), (-0.5, -1.4))  # the collar's rim behind the neck
_SHOULDER = ((1.15, -1.62), (1.9, -1.86), (2.5, -2.2), (2.85, -2.9), (3.0, -4.5), (3.1, -9.0))
# Drawn by eye round the neck of the head, in shares of IOD from midway between the eyes.


@lru_cache(maxsize=2)  # as above
def _shirt(view: View) -> tuple[Floats32, Floats32]:
    """Two (height, width, 4) layers of colour and cover: a shirt behind the neck, and over the neck's cut edge."""
    iod, size = view.iod_px, (view.height_px, view.width_px)
    middle = np.array([view.centre_x * view.width_px - 0.5, view.centre_y * view.height_px - 0.5])

    def drawn(outline: Sequence[tuple[float, float]], width_iod: float = 0.0) -> Floats32:
        points = np.rint((middle + np.array(outline) * [iod, -iod]) * 16).astype(np.int32)
        mask = np.zeros(size, np.uint8)
        if width_iod:
            cv2.polylines(mask, [points], False, 255, max(1, round(width_iod * iod)), cv2.LINE_AA, 4)
        else:
            cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / np.float32(255)

    rng = np.random.Generator(np.random.SFC64(21))
    weave = cv2.GaussianBlur(rng.standard_normal(size, dtype=np.float32), (0, 0), 0.8)
    across = ((np.arange(size[1], dtype=np.float32) - middle[0]) / iod)[None, :]
    lit = 1.05 - 0.16 * np.abs(across - 0.3) + 0.08 * np.sin(across * 2.3 + 0.4) + 0.12 * weave
    lit *= 1 - 0.35 * cv2.GaussianBlur(drawn(_COLLAR, 0.09), (0, 0), 0.02 * iod)
    cloth = np.array([92, 70, 58], np.float32) * lit[:, :, None]
    front = drawn((*_COLLAR, *_SHOULDER, *((-x, y) for x, y in reversed(_SHOULDER))))
    back = drawn((*_COLLAR, *_NAPE))
    inside, outside = (
        np.concatenate([shade * cloth, cv2.GaussianBlur(mask, (0, 0), 0.5)[:, :, None]], axis=2)
        for shade, mask in ((np.float32(0.45), back), (np.float32(1), front))
    )
    return inside, outside


@lru_cache(maxsize=2)  # as above
def _background(camera: Camera, iod_px: float, seed: int) -> Floats32:
    """What is behind the head: grey, a wall lit from one side, or a cluttered room."""
    rng = np.random.Generator(np.random.SFC64([seed, 5]))
    height, width = camera.height_px, camera.width_px
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = (150, 156, 152)
    if camera.background != "grey":
        picture *= np.linspace(0.86, 1.1, width, dtype=np.float32)[None, :, None]
        grain = rng.normal(0, 25, (height, width)).astype(np.float32)
        picture += cv2.GaussianBlur(grain, (0, 0), 2.0)[:, :, None]
    if camera.background == "busy":
        for _ in range(40):
            x, y = int(rng.integers(width)), int(rng.integers(height))
            w, h = (int(v) for v in rng.uniform(0.1, 1.2, 2) * iod_px)
            blue, green, red = (float(v) for v in rng.uniform(50, 210, 3))
            cv2.rectangle(picture, (x, y), (x + w, y + h), (blue, green, red), -1, cv2.LINE_AA)
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.02 * iod_px), np.float32)
    return picture
