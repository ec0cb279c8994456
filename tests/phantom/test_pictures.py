"""Pictures of phantoms: what is said to move moves, by as much as is said, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.phantom.acts import Absence, Act, Blink, Expression, HeadMotion, LightChange, Occlusion
from facialis.phantom.contractions import PATTERNS, Contraction, OneSide
from facialis.phantom.head import LAYERS, PEOPLE, SHAPES, Head, Pose
from facialis.phantom.recording import Camera, Identity, PhantomSource, PhantomSpec, stage
from facialis.phantom.scene import Scene

CLEAN = Camera(width_px=480, height_px=480, iod_share=0.25, gain=0, read_noise=0, vignette=0, background="grey")
SMALL = Camera(width_px=160, height_px=160, iod_share=0.25, gain=0, read_noise=0, background="grey")


def held(side: OneSide = "left", **size: float) -> Contraction:
    return Contraction(
        onset_s=0,
        duration_s=1,
        side=side,
        profile="tonic",
        regions=PATTERNS["eye_cheek_mouth"],
        **size,
    )


def moment(camera: Camera, *acts: Act, person: str = "man_a") -> tuple[Scene, NDArray[np.float32]]:
    spec = PhantomSpec(duration_s=1, identity=Identity(person=person), camera=camera, acts=acts)
    scene = Scene(spec)
    return scene, scene.picture(stage(spec, np.array([0.5])))


def luma(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(picture @ np.array([0.114, 0.587, 0.299], np.float32)), 0, 255), np.uint8)


@pytest.mark.parametrize(
    "act",
    [held(amplitude_iod=0.01), HeadMotion(onset_s=0, duration_s=0.1, motion="turn", x_iod=0.011, y_iod=-0.007)],
    ids=["contraction", "shift"],
)
def test_pictures_move_by_what_the_projection_says(act: Act) -> None:
    """An independent method, Lucas-Kanade of a cheek patch, finds the projected motion to 0.05 px."""
    scene, moved = moment(CLEAN, act)
    rest_spec = PhantomSpec(duration_s=1, camera=CLEAN)
    _, rest = moment(CLEAN)
    now = np.array([0.5])
    before = scene.project(stage(rest_spec, now)).xy_px
    after = scene.project(stage(replace(rest_spec, acts=(act,)), now)).xy_px
    head = scene.painter.head
    place = head.points({})[: head.skin_vertices] / head.iod
    cheek = (place[:, 0] > 0.25) & (place[:, 0] < 0.75) & (place[:, 1] > -0.8) & (place[:, 1] < -0.3)
    cheek &= scene.painter.visible_vertices(scene.project(stage(rest_spec, now)))
    points = before[: head.skin_vertices][cheek].astype(np.float32)[:, None]
    found, good, _ = cv2.calcOpticalFlowPyrLK(
        luma(rest),
        luma(moved),
        points,
        np.zeros_like(points),
        winSize=(17, 17),
        maxLevel=2,
        criteria=(cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 60, 1e-4),
    )
    assert good.all()
    assert len(points) > 30
    error = (found - points)[:, 0] - (after - before)[: head.skin_vertices][cheek]
    truth = np.abs((after - before)[: head.skin_vertices][cheek]).max()
    assert truth > 0.5
    assert np.abs(np.median(error, axis=0)).max() < 0.05
    assert np.median(np.abs(error)) < 0.05


def test_small_motion_is_not_rounded_to_pixels() -> None:
    """Half the contraction changes the picture half as much, down to a hundredth of a pixel."""
    _, rest = moment(CLEAN)
    sizes = [0.0001, 0.0002, 0.0004]  # of 120 px: 0.012 to 0.05 px
    change = [np.abs(moment(CLEAN, held(amplitude_iod=size))[1] - rest) for size in sizes]
    left = [part[150:400, 240:].sum() for part in change]
    assert left[1] / left[0] == pytest.approx(2, rel=0.15)
    assert left[2] / left[1] == pytest.approx(2, rel=0.15)


def test_a_contraction_moves_its_side_alone_and_the_mirrored_one_the_other() -> None:
    _, rest = moment(SMALL)
    per_side = {}
    for side in ("left", "right"):
        _, picture = moment(SMALL, held(side, amplitude_share=0.5))
        change = np.abs(luma(picture).astype(float) - luma(rest))
        per_side[side] = change[:, :72].sum(), change[:, 88:].sum()  # picture's left is the person's right
    assert per_side["left"][1] > 15 * per_side["left"][0]
    assert per_side["right"][0] > 15 * per_side["right"][1]
    assert per_side["right"][0] == pytest.approx(per_side["left"][1], rel=0.25)


def test_a_mirrored_phantom_looks_like_its_mirror_image() -> None:
    acts = (held("left", amplitude_share=0.6), HeadMotion(onset_s=0, duration_s=0.1, motion="turn", yaw_deg=12))
    spec = PhantomSpec(duration_s=1, camera=SMALL, acts=acts)
    scene = Scene(spec)
    now = np.array([0.5])
    one, other, rest = (scene.project(stage(s, now)).xy_px for s in (spec, spec.mirrored(), replace(spec, acts=())))
    width = SMALL.width_px - 1
    hull = [cv2.boundingRect(xy[: scene.painter.head.skin_vertices].astype(np.float32)) for xy in (one, other, rest)]
    assert hull[0][0] + hull[1][0] + hull[1][2] == pytest.approx(width, abs=3)
    a, b, c = (luma(scene.picture(stage(s, now))) for s in (spec, spec.mirrored(), replace(spec, acts=())))
    face = (slice(30, 110), slice(45, 115))

    def likeness(x: NDArray[np.uint8], y: NDArray[np.uint8]) -> float:
        return float(np.corrcoef(x[face].ravel(), y[face].ravel())[0, 1])

    assert likeness(a, b[:, ::-1]) > 0.9
    assert likeness(a, b[:, ::-1]) > likeness(a, c) + 0.05


@pytest.mark.parametrize("person", PEOPLE)
def test_a_blink_closes_the_eyes_and_a_resting_face_has_them_open(person: str) -> None:
    def eye_pixels(*acts: Act) -> int:
        spec = PhantomSpec(duration_s=1, identity=Identity(person=person), camera=SMALL, acts=acts)
        scene = Scene(spec)
        seen = scene.project(stage(spec, np.array([0.5])))
        layer = scene.painter.layers(seen)
        return int(np.isin(layer, [LAYERS.index("eye"), LAYERS.index("socket")]).sum())

    at_rest = eye_pixels()
    blink = Blink(onset_s=0.5 - 0.35 * 0.2, duration_s=0.2)
    assert at_rest > 60
    assert eye_pixels(blink) <= 0.02 * at_rest
    assert 0.2 < eye_pixels(replace(blink, amplitude=0.5)) / at_rest < 0.8


@pytest.mark.parametrize("pose", [Pose(), Pose(yaw_deg=30), Pose(yaw_deg=-30, pitch_deg=10), Pose(pitch_deg=-15)])
def test_the_head_has_no_holes(pose: Pose) -> None:
    spec = PhantomSpec(duration_s=1, camera=SMALL)
    painter = Scene(spec).painter
    for shapes in ({}, {"jawOpen": 0.6}, {"eyeBlinkLeft": 0.5, "mouthSmileRight": 1.0}):
        there = (painter.layers(painter.project(shapes, pose)) >= 0).astype(np.uint8)
        top = there.copy()
        top[115:] = 1  # below the chin the neck ends
        outline, _ = cv2.findContours(top, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        whole = np.zeros_like(top)
        cv2.drawContours(whole, outline, -1, 1, -1)
        assert (whole != top).sum() == 0


def test_the_same_specification_gives_the_same_bytes_and_another_seed_does_not() -> None:
    spec = PhantomSpec(duration_s=0.2, camera=replace(SMALL, gain=0.05, read_noise=2), seed=4)

    def frames(spec: PhantomSpec) -> list[Frame]:
        return list(PhantomSource(spec).frames())

    one, two, other = frames(spec), frames(spec), frames(replace(spec, seed=5))
    assert [f.luma.tobytes() + f.chroma.tobytes() for f in one] == [f.luma.tobytes() + f.chroma.tobytes() for f in two]
    assert all((a.luma != b.luma).any() for a, b in zip(one, other, strict=True))


def test_part_of_a_phantom_is_the_same_as_that_part_of_the_whole() -> None:
    spec = PhantomSpec(duration_s=1, camera=replace(SMALL, read_noise=2), acts=(Blink(onset_s=0.3),))
    source = PhantomSource(spec)
    whole = [f for f in source.frames() if 0.4 <= f.time_s < 0.6]
    part = list(source.frames(0.4, 0.6))
    assert [(f.index, f.time_s) for f in part] == [(f.index, f.time_s) for f in whole]
    assert all((a.luma == b.luma).all() for a, b in zip(part, whole, strict=True))
    assert (source.declared.width_px, source.declared.frames, source.recording.frames) == (160, 30, 30)


def test_sensor_noise_has_the_variance_that_was_asked_for() -> None:
    camera = replace(SMALL, gain=0.1, read_noise=3.0)
    spec = PhantomSpec(duration_s=1, camera=camera)
    scene = Scene(spec)
    level = np.full((160, 160, 3), 100, np.float32)
    frames = [scene.frame(level.copy(), k, 0.0) for k in range(8)]
    noise = np.stack([f.luma for f in frames]).astype(float) - 100
    assert noise.var() == pytest.approx(0.1 * 100 + 9 + 1 / 12, rel=0.03)
    assert abs(noise.mean()) < 0.05
    assert abs((noise[0] * noise[1]).mean()) < 0.3


def test_light_hand_and_absence_change_the_picture() -> None:
    _, rest = moment(SMALL)
    _, dim = moment(SMALL, LightChange(onset_s=0, duration_s=0.1, gain=0.5))
    assert luma(dim)[60:90, 70:90].mean() == pytest.approx(0.5 * luma(rest)[60:90, 70:90].mean(), rel=0.05)
    _, hand = moment(SMALL, Occlusion(onset_s=0, duration_s=1, x_iod=0.0, y_iod=-0.9, radius_iod=0.5))
    assert luma(hand)[100:108, 76:84].std() < 2 < luma(rest)[100:108, 76:84].std()
    scene, _ = moment(SMALL, Absence(onset_s=0, duration_s=1))
    spec = PhantomSpec(duration_s=1, camera=SMALL, acts=(Absence(onset_s=0, duration_s=1),))
    assert not scene.painter.visible_vertices(scene.project(stage(spec, np.array([0.5])))).any()


def test_motion_blur_is_the_mean_of_moments() -> None:
    camera = replace(SMALL, blur_samples=4, exposure_share=1.0)
    turn = HeadMotion(onset_s=0, duration_s=0.4, motion="turn", x_iod=2.0)
    sharp, blurred = (
        next(PhantomSource(PhantomSpec(duration_s=0.4, camera=c, acts=(turn,))).frames(0.2)).luma.astype(float)
        for c in (SMALL, camera)
    )
    assert np.abs(np.diff(blurred, axis=1)).sum() < 0.85 * np.abs(np.diff(sharp, axis=1)).sum()


def test_every_shape_that_is_named_is_there_and_moves_something() -> None:
    head = Head("woman_b")
    rest = head.points({})
    x = rest[: head.skin_vertices][head.on_skin][:, 0]
    for name in SHAPES:
        moved = np.abs(head.points({name: 1.0}) - rest).max(axis=1)[: head.skin_vertices][head.on_skin]
        assert moved.max() > 0.01, name
        if name.endswith(("Left", "Right")) and name not in ("mouthLeft", "mouthRight"):
            other = x < -0.2 if name.endswith("Left") else x > 0.2
            assert moved[other].max() < 0.15 * moved.max(), name


def test_an_expression_of_one_side_leaves_the_other() -> None:
    spec = PhantomSpec(
        duration_s=2, camera=SMALL, acts=(Expression(onset_s=0, duration_s=2, expression="smile", side="right"),)
    )
    assert all(name.endswith("Right") for name in stage(spec, np.array([1.0])).shapes)
