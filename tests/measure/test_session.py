"""The whole way: pictures of a phantom in, and what was put into it comes out, with all that a session must say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest

from facialis.core.errors import FaceError
from facialis.core.knowledge import language, why_words
from facialis.core.occasion import Occasion, Told
from facialis.core.records import Block, Frame
from facialis.core.settings import EventSettings, FaceSettings, Settings, detector_name
from facialis.film.sources import FrameList, MirroredSource
from facialis.measure.face.mesh import MODEL_SHA256, FaceBox, FaceMesh, SyntheticMesh
from facialis.measure.regions import parts, regions
from facialis.measure.session import measure_source, nothing_told, provenance
from tests.measure.factory import near, of
from tests.measure.pictures import frames, listed, measured, put_in, spasms, wall


def test_every_contraction_put_in_is_found_on_its_side() -> None:
    found = measured("man").events
    for event in put_in("man", "twitch"):
        hits = of(near(found, event.apex_s, 0.07), "twitch")
        assert [hit.side for hit in hits] == [event.side]
        assert 0.5 * event.amplitude_iod < hits[0].amplitude_iod < 1.6 * event.amplitude_iod


def test_nothing_else_is_called_a_spasm_and_the_blinks_are_blinks() -> None:
    found = measured("man").events
    assert len(spasms(found)) == len(put_in("man", "twitch"))
    blinks = of(found, "blink")
    assert [round(b.apex_s, 1) for b in blinks] == [round(b.apex_s, 1) for b in put_in("man", "blink")]


def test_a_film_in_a_mirror_gives_the_persons_own_sides_once_that_is_said() -> None:
    film = MirroredSource(listed(frames("man")))
    told = measure_source(film, told=Told(mirrored=True, filmed="caught", day=date(2026, 5, 31)))
    plain = measured("man")
    assert [(e.trial_type, e.side, e.onset_s) for e in told.events] == [
        (e.trial_type, e.side, e.onset_s) for e in plain.events
    ]
    assert told.measure("side").value == plain.measure("side").value
    assert told.recording.name == film.recording.name
    assert told.occasion == Occasion(date=date(2026, 5, 31), date_from="given", mirrored=True, filmed="caught")


def test_a_held_contraction_of_another_person_is_a_tonic_spasm() -> None:
    found = measured("woman").events
    (twitch,), (hold,) = put_in("woman", "twitch"), put_in("woman", "tonic_spasm")
    assert [e.side for e in of(near(found, twitch.apex_s, 0.08), "twitch")] == ["right"]
    (held,) = of(found, "tonic_spasm")
    assert held.side == "right"
    assert held.onset_s == pytest.approx(hold.onset_s, abs=0.25)
    assert held.offset_s == pytest.approx(hold.offset_s, abs=0.25)
    assert {e.side for e in spasms(found)} == {"right"}


def test_a_session_says_what_it_was_made_of_and_with() -> None:
    result = measured("man")
    session = result
    assert (session.recording.frames, session.recording.name) == (180, "man")
    # Six seconds, less the only blink: of so few nobody can tell what an ordinary one looks like.
    assert session.usable_s == pytest.approx(5.5, abs=0.1)
    assert 0 <= session.rest_s <= session.usable_s
    assert {(row.region, row.side) for row in session.limits} == {
        (region.name, side) for region in regions() for side in ("left", "right")
    }
    counted = {region for part in parts() for region in part.stands_for}
    assert all((row.limit_iod is None) == (row.region not in counted) for row in session.limits)
    made = session.provenance
    assert made == provenance(Settings())
    assert made.model_sha256 == MODEL_SHA256
    assert made.settings_fingerprint in detector_name(Settings())
    assert {event.detector for event in session.events} == {detector_name(Settings())}
    assert json.dumps(asdict(made))
    assert {finding.code for finding in session.findings} == {"short", "blinks_untold"}


def test_motion_and_track_are_on_the_recordings_own_times() -> None:
    result = measured("man")
    times = [frame.time_s for frame in frames("man")]
    assert result.motion.time_s == pytest.approx(times)
    assert result.track.time_s == pytest.approx(times)
    assert np.nanmedian(result.track.iod_px) == pytest.approx(0.3 * 288, rel=0.12)
    assert np.isfinite(result.motion.displacement_iod).mean() > 0.95
    assert result.motion.quality.min() > 0.3
    assert result.track.faces_seen == 1


def test_measuring_twice_gives_the_same() -> None:
    again = measure_source(listed(frames("woman"), name="woman"))
    first = measured("woman")
    assert again == first
    assert np.array_equal(again.motion.displacement_iod, first.motion.displacement_iod, equal_nan=True)


def test_settings_are_written_into_the_result() -> None:
    settings = Settings(events=EventSettings(false_alarms_per_min=1.0))
    session = measure_source(listed(frames("woman")[:60]), settings)
    assert session.provenance.settings_fingerprint == settings.fingerprint()
    assert all(event.detector == detector_name(settings) for event in session.events)


def test_progress_rises_to_one_and_blocks_are_measured() -> None:
    told: list[tuple[str, float]] = []
    blocks = (Block(name="rest", start_s=0.0, stop_s=1.0), Block(name="pucker", start_s=1.0, stop_s=2.0))
    session = measure_source(
        listed(frames("woman")[:60]), blocks=blocks, progress=lambda stage, share: told.append((stage, share))
    )
    assert session.blocks == blocks
    assert session.measure("twitch_rate_per_min", "pucker").value is None
    assert told[-1][1] == 1.0
    for stage in {stage for stage, _ in told}:
        shares = [share for name, share in told if name == stage]
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= shares[-1] <= 1


def test_pixels_not_landmarks_find_the_contractions() -> None:
    """With a mesh that stands still (and sees no blink) the contractions are found all the same."""
    look = FaceMesh().look(frames("man")[0])
    assert look.mesh is not None
    points = look.mesh.points_px
    result = measure_source(listed(frames("man")), backend=lambda _start: SyntheticMesh(lambda _time: points))
    for event in put_in("man", "twitch"):
        assert [e.side for e in of(near(result.events, event.apex_s, 0.07), "twitch")] == [event.side]
    assert of(result.events, "blink") == []


def test_a_face_that_leaves_is_a_gap() -> None:
    pictures = list(frames("man"))
    away = [wall(f, k) if 1.9 <= f.time_s < 3.0 else f for k, f in enumerate(pictures)]
    result = measure_source(listed(away))
    gone = (result.motion.time_s >= 2.0) & (result.motion.time_s < 2.95)
    assert (result.motion.quality[gone] == 0).all()
    assert np.isnan(result.motion.displacement_iod[gone]).all()
    # Six seconds, less the gap and the only blink, which cannot be held against others.
    assert result.usable_s == pytest.approx(4.5, abs=0.2)
    assert "face_lost" in {finding.code for finding in result.findings}
    assert not any(e.onset_s < 2.95 and e.offset_s > 1.95 for e in result.events)
    assert [e.side for e in of(near(result.events, put_in("man", "twitch")[-1].apex_s), "twitch")] == ["left"]


def two_people() -> list[Frame]:
    """The man, nearer, on the left of the picture; the woman on its right."""
    pictures = []
    for one, other in zip(frames("man")[:63], frames("woman")[:63], strict=True):
        luma, chroma = np.full((288, 544), 120, np.uint8), np.full((2, 144, 272), 128, np.uint8)
        luma[:, :288], chroma[:, :, :144] = one.luma, one.chroma
        luma[:256, 288:], chroma[:, :128, 144:] = other.luma, other.chroma
        pictures.append(replace(one, luma=luma, chroma=chroma))
    return pictures


def test_of_two_people_the_larger_is_followed_and_said() -> None:
    result = measure_source(listed(two_people()))
    assert result.track.faces_seen == 2
    assert np.nanmedian(result.track.box_px[:, 2]) < 288
    assert "several_faces" in {finding.code for finding in result.findings}
    (twitch,) = spasms(result.events)
    assert twitch.side == "left"


def test_another_person_can_be_chosen_and_one_who_is_not_there_cannot() -> None:
    source = listed(two_people())
    other = measure_source(source, Settings(face=FaceSettings(choice=2)))
    assert np.nanmedian(other.track.box_px[:, 0]) > 288
    assert [e.side for e in spasms(other.events)] == ["right"]
    with pytest.raises(FaceError) as caught:
        measure_source(source, Settings(face=FaceSettings(choice=3)))
    assert caught.value.code == "several_faces"
    assert caught.value.advice


def test_a_wall_is_no_face() -> None:
    with pytest.raises(FaceError) as caught:
        measure_source(listed([wall(f, k) for k, f in enumerate(frames("woman")[:40])]))
    assert caught.value.code == "no_face"


def test_less_than_a_second_of_a_face_is_too_little() -> None:
    pictures = list(frames("woman")[:70])
    glimpse = [f if 1.0 <= f.time_s < 1.6 else wall(f, k) for k, f in enumerate(pictures)]
    with pytest.raises(FaceError) as caught:
        measure_source(listed(glimpse))
    assert caught.value.code == "face_lost"


def test_the_backend_is_told_where_to_start() -> None:
    asked: list[FaceBox | None] = []

    def make(start: FaceBox | None) -> FaceMesh:
        asked.append(start)
        return FaceMesh(start)

    measure_source(listed(frames("woman")[:45]), backend=make)
    assert asked == [None]


def test_a_source_in_memory_is_as_good_as_a_phantom() -> None:
    """The facts come from the source that was read, and from nowhere else."""
    source = FrameList([f.time_s for f in frames("woman")[:45]], [f.luma for f in frames("woman")[:45]], name="grey")
    result = measure_source(source)
    assert result.recording == source.recording


def test_what_only_a_film_with_a_face_needs_is_not_loaded_before_it_has_one() -> None:
    code = (
        "import sys, facialis.measure.session; print(*(n for n in ('scipy.stats', 'scipy.signal') if n in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert not said.stdout.strip()


def test_what_would_be_of_two_people_is_withheld_and_no_page_tells_it() -> None:
    one = measured("man")
    assert one.events
    mixed = nothing_told(one, "the recording shows two people one after the other")
    assert (mixed.events, mixed.limits, mixed.usable_s, mixed.rest_s) == ((), (), 0.0, 0.0)
    assert mixed.signals is one.signals
    assert {row.value for row in mixed.measures} == {None}
    assert {row.why_not for row in mixed.measures} <= {row.why_not for row in one.measures} | {
        "the recording shows two people one after the other"
    }
    with language("de"):
        assert {why_words(row.why_not) for row in mixed.measures if "two people" in row.why_not} == {
            "die Aufnahme zeigt zwei Menschen nacheinander"
        }
