"""What hides a part of a face is no twitch: made heads behind masks, bars, hair, and whatever else people film.

Each film has one thing, drawn at random with its place, colour, size and course: a mask, a bar, dark glasses, a scarf,
a tile of the picture that stands still, a crop, or hair, drawings or a reflection that pass before one side. In half of
the films the face twitches besides. Counted are films with a twitch that was not put in, and limits stated for what lay
wholly under something. Bounds were chosen by the draw ``setting``; the figure is of the draw ``judging`` (``--draw``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FacialisError
from facialis.core.records import SIDES, Event, Frame, Session
from facialis.film.encode import VideoWriter, replacing
from facialis.measure.regions import region_points, regions, template
from facialis.measure.session import measure_recording
from facialis.numeric.images.similarity import Similarity, fit_similarity
from facialis.phantom.acts import Act, Blink, Gaze, HeadMotion
from facialis.phantom.contractions import Contraction, OneSide
from facialis.phantom.head import PEOPLE
from facialis.phantom.recording import PhantomSource, truth
from facialis.phantom.scene import Scene
from facialis.phantom.skin import TONES
from facialis.phantom.specification import Camera, Identity, PhantomSpec
from facialis.phantom.truth import stage
from validation.covers import COVERS, Cover, box
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin, code_key

Array = NDArray[np.float64]
Drawn = NDArray[np.float32]

DRAWS = {"setting": 1_000, "judging": 2_000_000}
LENGTH_S = 7.0
SIZE_PX = 288
HEADS = 8  # in so many films of bare heads the things are drawn: to make these takes longest
WITHIN_S = 0.3  # a twitch is one that was put in if it peaks so near to it, on its side: contractions last 0.2 s
_GOAL = 0.975  # 195 of 200


def _spec(rng: np.random.Generator, seed: int) -> PhantomSpec:
    acts: list[Act] = [
        HeadMotion(
            onset_s=0,
            duration_s=LENGTH_S,
            motion="walk",
            yaw_deg=float(rng.uniform(0.3, 1.5)),
            pitch_deg=float(rng.uniform(0.2, 1.0)),
            roll_deg=0.3,
            x_iod=float(rng.uniform(0.005, 0.03)),
            y_iod=float(rng.uniform(0.005, 0.02)),
            seed=seed,
        ),
        Blink(onset_s=float(rng.uniform(1, 3))),
        Blink(onset_s=float(rng.uniform(4.8, 6.4))),
        Gaze(onset_s=float(rng.uniform(3, 5)), duration_s=0.8, left_deg=float(rng.uniform(-12, 12))),
    ]
    side: OneSide = "left" if rng.random() < 0.5 else "right"
    if rng.random() < 0.5:
        acts += [
            Contraction(onset_s=float(t), duration_s=0.2, side=side, amplitude_iod=float(rng.uniform(0.03, 0.1)))
            for t in (1.3, 3.6, 4.4, 5.8)
        ]
    camera = Camera(
        width_px=SIZE_PX,
        height_px=SIZE_PX,
        iod_share=float(rng.uniform(0.22, 0.3)),
        gain=float(rng.uniform(0.01, 0.06)),
        crf=int(rng.integers(18, 27)),
        background=str(rng.choice(["wall", "grey", "busy"])),
    )
    identity = Identity(person=str(rng.choice(PEOPLE)), tone=str(rng.choice(list(TONES))))
    return PhantomSpec(name="film", duration_s=LENGTH_S, seed=seed, camera=camera, acts=tuple(acts), identity=identity)


def _painted(
    frames: list[Frame], moves: list[Similarity], centre: Array, iod: float, covers: list[Cover]
) -> Iterator[Frame]:
    rng = np.random.default_rng(7)
    folds = cv2.GaussianBlur(rng.normal(0, 1, (SIZE_PX, SIZE_PX)).astype(np.float32), (0, 0), 3)
    folds = np.asarray(folds / folds.std(), dtype=np.float32)
    for frame, move in zip(frames, moves, strict=True):
        luma = frame.luma.astype(np.float32)
        chroma = frame.chroma.astype(np.float32)
        for cover in covers:
            corners = cover.place(frame.time_s)
            if corners is None:
                continue
            places = centre + iod * corners
            if not cover.fixed:
                places = move.of(places)
            share = _filled(places, cover.soft) * cover.opaque
            laid = cv2.warpAffine(folds, move.matrix, (SIZE_PX, SIZE_PX)) if cover.cloth else 0.0
            own = rng.normal(0, 1.2, luma.shape)  # the sensor's noise, but not in what is drawn into the film
            luma += share * (cover.colour[0] + cover.cloth * laid + (0.0 if cover.fixed else own) - luma)
            small = cv2.resize(share, chroma.shape[:0:-1], interpolation=cv2.INTER_AREA)
            chroma += small * (np.array(cover.colour[1:], np.float32)[:, None, None] - chroma)
        yield replace(frame, luma=_whole(luma), chroma=_whole(chroma))


def _whole(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


def _filled(places: Array, soft: float) -> Drawn:
    share = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    cv2.fillPoly(share, [np.rint(16 * places).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    out = share.astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(out, (0, 0), soft) if soft else out, dtype=np.float32)


def tile(rng: np.random.Generator, frames: list[Frame], centre: Array, iod: float) -> tuple[list[Frame], Array]:
    """A part of the picture that stays as it was at first, and its corners."""
    middle = centre + iod * np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.2, 1.2)])
    half = iod * rng.uniform(0.25, 0.6, 2)
    x0, y0, x1, y1 = (2 * round(v / 2) for v in (*(middle - half), *(middle + half)))
    out = []
    for frame in frames:
        luma, chroma = frame.luma.copy(), frame.chroma.copy()
        luma[y0:y1, x0:x1] = frames[0].luma[y0:y1, x0:x1]
        chroma[:, y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = frames[0].chroma[:, y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
        out.append(replace(frame, luma=luma, chroma=chroma))
    return out, box(x0, y0, x1, y1)


def crop(rng: np.random.Generator, frames: list[Frame], centre: Array, iod: float) -> tuple[list[Frame], Array]:
    """The picture ends within the face, below, above or beside; and the corners of what is left out."""
    low, wide = float(SIZE_PX), float(SIZE_PX)
    edge = {
        "below": centre[1] + iod * rng.uniform(0.5, 1.5),
        "above": centre[1] - iod * rng.uniform(0.25, 0.7),
        "beside": centre[0] - iod * rng.uniform(0.5, 1.0),
    }
    where = str(rng.choice(["below", "below", "above", "beside"]))
    at = 2 * int(edge[where] // 2)
    rows, columns = slice(None), slice(None)
    gone = box(-wide, at, 2 * wide, 2 * low)
    if where == "below":
        rows = slice(0, at)
    elif where == "above":
        rows, gone = slice(at, None), box(-wide, -low, 2 * wide, at)
    else:
        columns, gone = slice(at, None), box(-wide, -low, at, 2 * low)
    half = [
        slice(None if s.start is None else s.start // 2, None if s.stop is None else s.stop // 2)
        for s in (rows, columns)
    ]
    return [
        replace(
            f,
            luma=np.ascontiguousarray(f.luma[rows, columns]),
            chroma=np.ascontiguousarray(f.chroma[:, half[0], half[1]]),
        )
        for f in frames
    ], gone


KINDS = (*COVERS, "tile", "crop")


@cache
def _bare(head: int) -> tuple[PhantomSpec, list[Frame], list[Similarity], Array]:
    """A head without anything over it, how the face has moved in each picture, and where it is between the eyes."""
    spec = _spec(np.random.default_rng(head), head % 100_000)
    frames = list(PhantomSource(spec).frames())
    scene, stages = Scene(spec), stage(spec, spec.times_s())
    rest = scene.project(stage(replace(spec, acts=()), np.zeros(1)))
    view = scene.painter.view
    centre = np.array([view.centre_x * view.width_px - 0.5, view.centre_y * view.height_px - 0.5])
    front = (rest.normal[:, 2] > 0.5) & (rest.xy_px[:, 1] < centre[1] + 0.4 * spec.iod_px)
    front &= np.abs(rest.xy_px - centre).max(axis=1) < 1.2 * spec.iod_px
    weight = np.ones(int(front.sum()))
    here = rest.xy_px[front]
    moves = [fit_similarity(here, scene.project(stages, k).xy_px[front], weight) for k in range(len(frames))]
    return spec, frames, moves, centre


def made(trial: Trial, kind: str, seed: int) -> tuple[Session | None, list[Event], set[tuple[str, str]]]:
    """What is measured in one film, what was put into it, and the windows (region, side) that nobody could see."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    head = seed - seed % 1000 + int(rng.integers(HEADS))
    spec, frames, moves, centre = _bare(head)
    iod = spec.iod_px
    hidden = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    gone: Array | None = None
    if kind in COVERS:
        covers = COVERS[kind](rng)
        frames = list(_painted(frames, moves, centre, iod, covers))
        for cover in covers:
            corners = cover.place(0.0)
            if cover.stays and corners is not None:
                hidden = np.maximum(hidden, _filled(centre + iod * corners, 0.0))
    else:
        frames, gone = (tile if kind == "tile" else crop)(rng, frames, centre, iod)
        hidden = _filled(gone, 0.0)
    path = trial.cache / f"occluder-{kind}-{seed}-{code_key('phantom/scene')}.mp4"
    height, width = frames[0].luma.shape
    with (
        replacing(path) as (part,),
        VideoWriter(
            part, width_px=width, height_px=height, frame_rate_hz=spec.frame_rate_hz, crf=spec.camera.crf
        ) as film,
    ):
        for frame in frames:
            film.write(frame)
        film.finish()
    try:
        result = measure_recording(path)
    except FacialisError:
        result = None
    path.unlink()
    return result, [e for e in truth(spec) if e.trial_type == "twitch"], _under(hidden, centre, iod)


def _under(hidden: Drawn, centre: Array, iod: float) -> set[tuple[str, str]]:
    """Windows of which all that counts, one standard deviation of its weight either way, lies under something."""
    found: set[tuple[str, str]] = set()
    for k, region in enumerate(regions()):
        for s, side in enumerate(SIDES):
            middle = template()[region_points()[s, k], :2].mean(axis=0)
            corners = middle + np.array([[x, y] for x in (-1, 0, 1) for y in (-1, 0, 1)]) * region.window_iod
            x, y = np.rint(centre + iod * corners).astype(int).T
            if hidden[np.clip(y, 0, SIZE_PX - 1), np.clip(x, 0, SIZE_PX - 1)].min() > 0.9:
                found.add((region.name, side))
    return found


def run(trial: Trial, count: int = 40, draw: str = "judging") -> Outcome:
    """Films of all kinds in turn."""
    rows: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    clean, stated, unseen, found, put_in, refused = 0, 0, 0, 0, 0, 0
    for k in range(count):
        kind, seed = KINDS[k % len(KINDS)], DRAWS[draw] + k
        result, events, under = made(trial, kind, seed)
        if result is None:
            refused, clean = refused + 1, clean + 1
            rows[kind].append(["refused"])
            continue
        told = [e for e in result.events if e.trial_type in ("twitch", "tonic_spasm", "myokymia")]
        false = [e for e in told if not any(_same(e, t) for t in events)]
        limits = [row for row in result.limits if (row.region, row.side) in under and row.limit_iod is not None]
        found += sum(any(_same(e, t) for e in told) for t in events)
        put_in += len(events)
        clean += not false
        stated += bool(limits)
        unseen += bool(under)
        codes = [f.code for f in result.findings if f.code.startswith(("not_skin", "cropped", "covered"))]
        rows[kind].append(["false"] * bool(false) + ["limit"] * bool(limits))
        trial.say(
            f"{kind} {seed}: {len(events)} put in, false {[(e.side, round(e.apex_s, 2), e.regions) for e in false]}, "
            f"limits {[(row.region, row.side) for row in limits]}, usable {result.usable_s:.1f} s, {codes}"
        )
    table = Table(
        title="Films by what hides a part of the face",
        head=(
            "what",
            "films",
            "with a twitch that was not put in",
            "with a limit for what nobody could see",
            "refused",
        ),
        rows=tuple(
            (kind, str(len(of)), *(str(sum(word in row for row in of)) for word in ("false", "limit", "refused")))
            for kind, of in rows.items()
        ),
    )
    return Outcome(
        name="occluders",
        title="What hides a part of the face",
        about=f"{count} films of made heads, one of nine kinds of things over the face in each, encoded as H.264. Of "
        f"{put_in} contractions put in {found} were found. {refused} films were refused.",
        command=f"python -m validation.occluders --count {count} --draw {draw}",
        tables=[table],
        goals=[
            Goal(
                what="share of films without a twitch that was not put in", value=clean / count, least=_GOAL, digits=3
            ),
            Goal(what="films with a limit for a part that nobody could see", value=float(stated), most=0.0, digits=0),
        ],
    )


def _same(event: Event, put_in: Event) -> bool:
    return event.side == put_in.side and abs(event.apex_s - put_in.apex_s) < WITHIN_S


if __name__ == "__main__":
    this = begin("validation.occluders", __doc__, needs_footage=False, seeds=1, count=40, draw="judging")
    if this.options.draw not in DRAWS:
        sys.exit(f"There is no draw {this.options.draw}: choose from {', '.join(DRAWS)}.")
    result = run(this, len(KINDS) if this.options.quick else this.options.count, this.options.draw)
    this.end([result])
    sys.exit(finish([result]))
