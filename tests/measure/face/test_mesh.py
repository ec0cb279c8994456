"""Both mesh backends keep one contract; the model that ships is whole or it is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import KnowledgeError
from facialis.core.records import Frame
from facialis.measure.face import mesh as room
from facialis.measure.face.mesh import LANDMARKS, FaceBox, FaceMesh, MeshBackend, SyntheticMesh
from facialis.measure.face.raster import eye_aperture_iod, interocular_px, pose_of
from facialis.measure.regions import mirror, template
from facialis.numeric.images.similarity import Similarity
from tests.measure.pictures import frames, put_in, wall

POINTS = template() * 86.0 + [144.0, 110.0, 0.0]


def blank(time_s: float = 0.0) -> Frame:
    return Frame(
        index=0, time_s=time_s, luma=np.full((64, 64), 90, np.uint8), chroma=np.full((2, 32, 32), 128, np.uint8)
    )


def synthetic() -> MeshBackend:
    return SyntheticMesh(lambda time_s: POINTS if time_s < 1.0 else None)


def real() -> MeshBackend:
    return FaceMesh()


@pytest.mark.parametrize("make", [synthetic, real])
def test_a_backend_gives_points_and_presence_where_there_is_a_face_and_none_where_there_is_not(
    make: Callable[[], MeshBackend],
) -> None:
    backend = make()
    pictures = [*frames("man")[:6], *(wall(replace(frames("man")[0], time_s=1.0 + 0.1 * k), k) for k in range(4))]
    looks = [backend.look(frame) for frame in pictures]
    for look in looks[:6]:
        assert look.mesh is not None
        assert look.mesh.points_px.shape == (LANDMARKS, 3)
        assert look.mesh.points_px.dtype == np.float64
        assert np.isfinite(look.mesh.points_px).all()
        assert 0 <= look.mesh.presence <= 1
        assert interocular_px(look.mesh) == pytest.approx(86, rel=0.15)
    assert all(look.mesh is None for look in looks[7:])
    assert looks[0].boxes is not None
    assert len(looks[0].boxes) == 1


def test_a_synthetic_mesh_is_exactly_what_it_was_given() -> None:
    backend = SyntheticMesh(lambda time_s: POINTS + time_s)
    look = backend.look(blank(0.25))
    assert look.mesh is not None
    assert np.array_equal(look.mesh.points_px, POINTS + 0.25)
    assert look.boxes is not None
    (box,) = look.boxes
    assert abs(box.x_px - POINTS[:, 0].mean()) < 15
    assert box.side_px > 100


def test_a_synthetic_mesh_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="478"):
        SyntheticMesh(lambda _time: POINTS[:100]).look(blank())


def test_the_mesh_sees_both_eyes_close_and_the_head_frontal() -> None:
    backend = FaceMesh()
    looks = [backend.look(frame) for frame in frames("man")[:60]]
    apertures = np.array([eye_aperture_iod(look.mesh) for look in looks if look.mesh is not None])
    assert len(apertures) == 60
    closed = round(put_in("man", "blink")[0].apex_s * 30)
    assert (apertures[closed - 1 : closed + 2].min(axis=0) < 0.5 * np.median(apertures, axis=0)).all()
    pose = pose_of(looks[0].mesh)  # type: ignore[arg-type]
    assert max(abs(pose.yaw_deg), abs(pose.roll_deg)) < 8


def test_the_mesh_of_a_mirrored_picture_is_the_mirrored_mesh() -> None:
    frame = frames("man")[0]
    flipped = replace(frame, luma=frame.luma[:, ::-1].copy(), chroma=frame.chroma[:, :, ::-1].copy())
    one, other = FaceMesh().look(frame).mesh, FaceMesh().look(flipped).mesh
    assert one is not None
    assert other is not None
    back = other.points_px[mirror(), :2]
    back[:, 0] = frame.luma.shape[1] - 1 - back[:, 0]
    assert np.abs(back - one.points_px[:, :2]).max() < 0.06 * interocular_px(one)


def test_a_face_that_was_lost_is_found_again() -> None:
    backend = FaceMesh()
    pictures = frames("man")[:12]
    seen = [backend.look(wall(f, k) if 4 <= k < 8 else f).mesh is not None for k, f in enumerate(pictures)]
    assert seen == [True] * 4 + [False] * 4 + [True] * 4


def test_other_faces_are_looked_for_now_and_then() -> None:
    backend = FaceMesh(every_s=0.2)
    looks = [backend.look(frame) for frame in frames("man")[:30]]
    asked = [k for k, look in enumerate(looks) if look.boxes is not None]
    assert len(asked) == 5
    assert asked[0] == 0


sizes = st.floats(1, 500)
places = st.floats(-1000, 1000)


def test_the_region_goes_with_a_head_that_moves_and_stays_with_one_that_hardly_does() -> None:
    frame, side = frames("woman")[0], 60
    frame = replace(
        frame,
        luma=np.pad(frame.luma, ((0, 0), (120, 120))),
        chroma=np.pad(frame.chroma, ((0, 0), (0, 0), (60, 60)), constant_values=128),
    )
    aside = replace(frame, time_s=0.2, luma=np.roll(frame.luma, side, 1), chroma=np.roll(frame.chroma, side // 2, 2))
    face = FaceMesh()
    face.look(frame)
    first = face.look(replace(frame, time_s=0.1)).mesh
    face.moved(Similarity(1.0, complex(side, 0.0)))
    moved = face.look(aside).mesh
    assert first is not None
    assert moved is not None
    assert np.abs(moved.points_px - first.points_px - [side, 0.0, 0.0]).max() < 0.05
    face.moved(Similarity(1.0, complex(0.5, 0.0)))
    again = face.look(replace(aside, time_s=0.3)).mesh
    assert again is not None
    assert np.array_equal(again.points_px, moved.points_px)


def box(x: float, y: float, side: float) -> FaceBox:
    return FaceBox(x_px=x, y_px=y, side_px=side, roll_rad=0.0, score=1.0)


@given(x=places, y=places, side=sizes, dx=places, dy=places, other=sizes)
def test_overlap_is_symmetric_and_a_share(x: float, y: float, side: float, dx: float, dy: float, other: float) -> None:
    one, two = box(x, y, side), box(x + dx, y + dy, other)
    assert one.overlap(two) == pytest.approx(two.overlap(one))
    assert 0 <= one.overlap(two) <= 1 + 1e-9
    assert one.overlap(one) == pytest.approx(1.0)


def test_boxes_apart_do_not_overlap() -> None:
    assert box(0, 0, 10).overlap(box(20, 0, 10)) == 0
    assert box(0, 0, 10).overlap(box(5, 0, 10)) == pytest.approx(1 / 3)


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the installation in which one byte of the model differs."""
    installed = Path(str(resources.files("facialis")))
    name = Path("data/models/face_landmarker.task")
    (tmp_path / name).parent.mkdir(parents=True)
    shutil.copy(installed / name, tmp_path / name)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    room._members.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(resources, "files", lambda _package: tmp_path)
        with pytest.raises(KnowledgeError, match="checksum") as caught:
            FaceMesh()
    assert caught.value.advice
    FaceMesh()  # and the whole one works again


def test_a_missing_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room._members.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(resources, "files", lambda _package: tmp_path)
        with pytest.raises(KnowledgeError, match=r"face_landmarker\.task"):
            FaceMesh()
    room._members.cache_clear()
