"""Films come back as they were written; a folder from somebody else can neither lead elsewhere nor fill the memory."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import FormatError, RecordError
from facialis.files.clips import INDEX, Clip, read_clips, write_clips

Change = Callable[[Path], object]


def strip(width_px: int, height_px: int, suffix: str = ".jpg") -> bytes:
    """A noisy picture of this size."""
    noise = np.random.default_rng(width_px).integers(0, 255, (height_px, width_px, 3)).astype(np.uint8)
    good, image = cv2.imencode(suffix, noise)
    assert good
    return image.tobytes()


def film(event: int, *, tiles: int = 4, factor: int = 5, faces: bool = True) -> Clip:
    rows = 1 if factor == 1 else 2
    return Clip(
        event=event,
        image=strip(12 * tiles, 10 * rows, ".jpg" if faces else ".png"),
        mime="image/jpeg" if faces else "image/png",
        tiles=tiles,
        tile_width_px=12,
        tile_height_px=10,
        start_s=1.25,
        stop_s=1.75,
        onset_tile=0,
        apex_tile=1,
        offset_tile=tiles - 1,
        factor=factor,
        faces=faces,
    )


FILMS = (film(0), film(2, tiles=7, factor=1), film(1234, faces=False))


def test_films_come_back_as_they_were(tmp_path: Path) -> None:
    write_clips(FILMS, tmp_path)
    assert read_clips(tmp_path) == FILMS
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {INDEX, "clips/event-001.jpg", "clips/event-003.jpg", "clips/event-1235.png"}
    index = json.loads((tmp_path / INDEX).read_text(encoding="utf-8"))
    assert index["format_version"] == 1
    assert [(row["event_number"], row["file"], row["faces"]) for row in index["clips"]] == [
        (1, "event-001.jpg", True),
        (3, "event-003.jpg", True),
        (1235, "event-1235.png", False),
    ]


def test_no_film_is_told_by_an_empty_index_and_by_an_older_result(tmp_path: Path) -> None:
    assert read_clips(tmp_path) == ()
    assert read_clips(tmp_path / "nowhere") == ()
    (tmp_path / "clips").write_text("a file of that name")
    assert read_clips(tmp_path) == ()
    (tmp_path / "new").mkdir()
    write_clips((), tmp_path / "new")
    assert read_clips(tmp_path / "new") == ()
    assert (tmp_path / "new" / INDEX).is_file()


def test_a_film_that_was_deleted_is_left_out(tmp_path: Path) -> None:
    write_clips(FILMS, tmp_path)
    (tmp_path / "clips" / "event-003.jpg").unlink()
    assert read_clips(tmp_path) == (FILMS[0], FILMS[2])


def entry(**changes: object) -> Change:
    """The first film's entry of the index, with these values."""

    def change(folder: Path) -> None:
        content = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        content["clips"][0] |= changes
        (folder / INDEX).write_text(json.dumps(content), encoding="utf-8")

    return change


def whole(content: object) -> Change:
    """Another index."""
    text = content if isinstance(content, str) else json.dumps(content)
    return lambda folder: (folder / INDEX).write_text(text, encoding="utf-8")


def picture(content: bytes) -> Change:
    """Another first film."""
    return lambda folder: (folder / "clips" / "event-001.jpg").write_bytes(content)


def grow(name: str, length: int) -> Change:
    """A file of this length, which takes no room on the disk."""
    return lambda folder: os.truncate(folder / name, length)


def link(folder: Path) -> None:
    (folder / "secret.jpg").write_bytes(FILMS[0].image)
    (folder / "clips" / "event-001.jpg").unlink()
    (folder / "clips" / "event-001.jpg").symlink_to(folder / "secret.jpg")


def link_of_all(folder: Path) -> None:
    (folder / "clips").rename(folder / "elsewhere")
    (folder / "clips").symlink_to(folder / "elsewhere")


def pipe(folder: Path) -> None:
    (folder / "clips" / "event-001.jpg").unlink()
    os.mkfifo(folder / "clips" / "event-001.jpg")


def doubled(folder: Path) -> None:
    content = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    content["clips"].append(content["clips"][0])
    (folder / INDEX).write_text(json.dumps(content), encoding="utf-8")


def many(folder: Path) -> None:
    content = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    whole({"format_version": 1, "clips": content["clips"] * 100})(folder)


# A head of JPEG that says 65,000 × 65,000 pixels, which would take 12 GB; and one of PNG of 2,000,000 × 2,000,000.
HUGE_JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08\xfd\xe8\xfd\xe8\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
HUGE_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x1e\x84\x80\x00\x1e\x84\x80\x08\x02\x00\x00\x00"

HOSTILE: dict[str, Change] = {
    "a path upwards": entry(file="../../x.jpg"),
    "a whole path": entry(file="/etc/passwd"),
    "a path that comes back": entry(file="../clips/event-001.jpg"),
    "another film's file": entry(file="event-003.jpg"),
    "a list for a name": entry(file=["event-001.jpg"]),
    "no number": entry(event_number="1"),
    "event 0": entry(event_number=0, file="event-000.jpg"),
    "an event of many digits": entry(event_number=10**4000),
    "yes for a number": entry(tiles=True),
    "no tiles": entry(tiles=0),
    "half a tile": entry(tiles=4.5),
    "a billion tiles": entry(tiles=10**9),
    "tiles of another size": entry(tile_width_px=13),
    "a tile of nothing": entry(tile_height_px=0),
    "one row said, two there": entry(factor=1),
    "no factor": entry(factor=0),
    "an apex beyond the end": entry(apex_tile=4, offset_tile=4),
    "an end before the beginning": entry(stop_s=1.0),
    "a time beyond all numbers": entry(stop_s=10**400),
    "a time that is none": entry(start_s=float("nan")),
    "faces perhaps": entry(faces="no"),
    "another version": whole({"format_version": 2, "clips": []}),
    "yes for a version": whole({"format_version": True, "clips": []}),
    "no version": whole({"clips": []}),
    "a list": whole([]),
    "no films": whole({"format_version": 1}),
    "films that are none": whole({"format_version": 1, "clips": ["event-001.jpg"]}),
    "a film without anything": whole({"format_version": 1, "clips": [{}]}),
    "no JSON": whole("{"),
    "no text": lambda folder: (folder / INDEX).write_bytes(b"\xff\xfe\x00\xd8"),
    "brackets without end": whole("[" * 500_000),
    "a number without end": whole('{"format_version": ' + "1" * 100_000 + "}"),
    "an index of a gigabyte": grow(INDEX, 10**9),
    "a film twice": doubled,
    "three hundred films": many,
    "a film of 100 MB": grow("clips/event-001.jpg", 100_000_000),
    "a film that is a link": link,
    "films that are a link": link_of_all,
    "a film that is a pipe": pipe,
    "a film of nothing": picture(b""),
    "a film that is text": picture(b"not a picture"),
    "a film that is a page": picture(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a film of another kind": picture(strip(48, 20, ".png")),
    "a film of another size": picture(strip(40, 20)),
    "a film that unfolds": picture(HUGE_JPEG),
    "a film whose head never ends": picture(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1000),
    "a film whose head goes nowhere": picture(b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 100),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_folder_that_lies_is_refused(tmp_path: Path, change: Change) -> None:
    write_clips(FILMS, tmp_path)
    (tmp_path / "x.jpg").write_bytes(FILMS[0].image)
    change(tmp_path)
    with pytest.raises(FormatError):
        read_clips(tmp_path)


def test_an_index_of_a_newer_facialis_is_said(tmp_path: Path) -> None:
    write_clips(FILMS, tmp_path)
    whole({"format_version": 2, "films": {}})(tmp_path)
    with pytest.raises(FormatError, match="Update facialis") as caught:
        read_clips(tmp_path)
    assert caught.value.code == "newer"


def test_a_png_that_unfolds_is_refused(tmp_path: Path) -> None:
    write_clips(FILMS, tmp_path)
    (tmp_path / "clips" / "event-1235.png").write_bytes(HUGE_PNG)
    with pytest.raises(FormatError, match="no picture of the size"):
        read_clips(tmp_path)


def test_all_films_together_have_a_limit(tmp_path: Path) -> None:
    """Trailing bytes do no harm to a JPEG, so that only the sum is wrong."""
    films = [replace(film(n), image=film(n).image + bytes(4_000_000)) for n in range(8)]
    write_clips(films[:7], tmp_path)
    assert len(read_clips(tmp_path)) == 7
    write_clips(films, tmp_path)
    with pytest.raises(FormatError, match="larger"):
        read_clips(tmp_path)


@given(st.integers(0, 2**32 - 1))
def test_no_damage_does_more_than_refuse(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Bytes of the index changed at random: films, or a refusal, and no other error."""
    rng = np.random.default_rng(seed)
    folder = tmp_path_factory.mktemp("damaged")
    write_clips(FILMS, folder)
    content = bytearray((folder / INDEX).read_bytes())
    for at in rng.integers(0, len(content), rng.integers(1, 6)):
        content[at] = rng.integers(0, 256)
    (folder / INDEX).write_bytes(content)
    try:
        clips = read_clips(folder)
    except FormatError:
        return
    assert all((clip.width_px, clip.height_px) == cv2_size(clip) for clip in clips)


def cv2_size(clip: Clip) -> tuple[int, int]:
    decoded = cv2.imdecode(np.frombuffer(clip.image, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.shape[1], decoded.shape[0]


@pytest.mark.parametrize(
    "changes", [{"event": -1}, {"tiles": 0}, {"factor": 0}, {"apex_tile": 9}, {"stop_s": 0.0}, {"mime": "image/gif"}]
)
def test_a_film_that_cannot_be_is_not_made(changes: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="film"):
        replace(FILMS[0], **changes)
