"""What is said of the picture while somebody sits down before the camera: each thing in a word, with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.app.filming.picture import Face, Seen
from facialis.core.knowledge import wording

__all__ = ["Camera", "checks_of"]

# Chosen a little stricter than what a finding of a recording begins with (`facialis.measure.quality`): what is only
# just enough now will not be for a minute.
_FAR_PX = 50.0  # chosen: interocular distance in the film; 40 - 60
_NEAR_SHARE = 0.85  # chosen: of the picture's height, from brow to chin; more leaves no room to move; 0.75 - 0.9
_EDGE = 0.02  # chosen: a face this near to the edge of the picture will leave it; 0.01 - 0.05
_OBLIQUE_DEG = 15.0  # chosen: 20 degrees gives a finding; 12 - 18
_DARK = 70.0  # chosen: mean luma of the face of 255, at which cameras begin to take pictures more slowly; 50 - 90
_BRIGHT = 225.0  # as in `facialis.measure.quality`
_BACKLIT = 0.45  # chosen: a face less than half as bright as what is round it has the light behind it; 0.35 - 0.6
_RATE_HZ = 24.0  # as in `facialis.measure.quality`
_SLOW_HZ = 15.0  # as in `facialis.measure.quality`
_SHAKE = 12.0  # chosen: mean difference in luma of the whole picture from one second to the next; 8 - 20
_SMALL_PX = 400  # chosen: the shorter side of a film in which a face still has its pixels; 360 - 480


@dataclass(frozen=True, kw_only=True)
class Camera:
    """What the browser knows: the film's size in pixels, pictures a second, and mean change of the whole picture.

    None: not known.
    """

    width_px: int
    height_px: int
    rate_hz: float | None = None
    change: float | None = None


def checks_of(seen: Seen, camera: Camera) -> list[dict[str, str]]:
    """One line for each thing that is looked at: its name, ``good``, ``fair`` or ``poor``, and a sentence.

    What cannot be told has no line.
    """
    lines = [("face", *_face(seen))]
    if seen.face is not None:
        lines += [("size", *_size(seen.face, camera)), ("turned", *_turned(seen.face))]
    lines.append(("light", *_light(seen)))
    if camera.rate_hz is not None:
        lines.append(("rate", *_rate(camera.rate_hz)))
    if min(camera.width_px, camera.height_px) < _SMALL_PX:
        lines.append(("picture", "fair", "picture_small"))
    if camera.change is not None and camera.change > _SHAKE:
        lines.append(("still", "fair", "shaking"))
    return [
        {"name": wording(f"app_check_{name}"), "state": state, "say": wording(f"app_check_{say}")}
        for name, state, say in lines
    ]


def _face(seen: Seen) -> tuple[str, str]:
    face = seen.face
    if face is None:
        return "poor", "no_face"
    if seen.faces > 1:
        return "fair", "several"
    if min(face.left, 1 - face.right) < _EDGE:
        return "poor", "middle"
    if min(face.top, 1 - face.bottom) < _EDGE:
        return "poor", "height"
    return "good", "face_good"


def _size(face: Face, camera: Camera) -> tuple[str, str]:
    if face.iod_share * camera.width_px < _FAR_PX:
        return "poor", "far"
    return ("fair", "near") if face.bottom - face.top > _NEAR_SHARE else ("good", "size_good")


def _turned(face: Face) -> tuple[str, str]:
    if abs(face.yaw_deg) > _OBLIQUE_DEG:
        return "fair", "turned_side"
    return ("fair", "turned_height") if abs(face.pitch_deg) > _OBLIQUE_DEG else ("good", "turned_good")


def _light(seen: Seen) -> tuple[str, str]:
    luma = seen.luma if seen.face is None else seen.face.luma
    if luma > _BRIGHT:
        return "fair", "bright"
    if seen.face is not None and luma < _BACKLIT * seen.luma:
        return "poor", "backlit"
    return ("poor", "dark") if luma < _DARK else ("good", "light_good")


def _rate(rate_hz: float) -> tuple[str, str]:
    if rate_hz < _SLOW_HZ:
        return "poor", "slow"
    return ("fair", "slow") if rate_hz < _RATE_HZ else ("good", "rate_good")
