"""What lies in the vault: read from any place, refused wherever it was changed; uploads that outlast a kill."""

from __future__ import annotations

import io
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from facialis.app.accounts.models import Account
from facialis.app.people.deeds import add_person
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording, Upload, new_token
from facialis.app.recordings.store import film_reader, keep, plain_film, result_reader
from facialis.app.recordings.uploads import coming_in, here_bytes
from facialis.app.start import prepare
from facialis.app.vault.growing import Growing
from facialis.app.vault.models import FileKey, PersonKey
from facialis.app.vault.moving import move_in
from facialis.app.vault.plain import clear_private, memory_place, private_folder
from facialis.app.vault.sealed import PIECE_BYTES, place_of, reader_of, seal
from facialis.core.errors import FormatError

KEY = bytes(range(32))
SIZES = (0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES + 777)


def sealed(path: Path, content: bytes, name: str = "film", key: bytes = KEY) -> Path:
    with path.open("wb") as target:
        assert seal(io.BytesIO(content), target, key, name) == len(content)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_any_part_of_a_sealed_file_is_read_as_it_was(tmp_path: Path, size: int) -> None:
    lots = random.Random(size)
    content = lots.randbytes(size)
    with reader_of(sealed(tmp_path / "x", content), KEY, "film") as file:
        assert file.read() == content
        for _ in range(50):
            first, many = lots.randrange(size + 2), lots.choice((1, 100, PIECE_BYTES, size + 1))
            file.seek(first)
            assert file.read(many) == content[first : first + many]
        assert file.seek(-min(5, size), io.SEEK_END) == max(0, size - 5)
        assert file.read() == content[-min(5, size) :][: min(5, size)]
    if size > 32:
        assert content[:32] not in (tmp_path / "x").read_bytes()


def changed(stored: bytes, content: bytes) -> Iterator[tuple[str, bytes]]:
    pieces = [stored[place_of(n) : place_of(n + 1)] for n in range(4)]
    head = stored[: place_of(0)]
    yield "another version's piece", head + content[place_of(0) : place_of(1)] + b"".join(pieces[1:])
    yield "pieces in another order", head + pieces[1] + pieces[0] + pieces[2] + pieces[3]
    yield "a piece twice", head + pieces[0] + pieces[0] + pieces[2] + pieces[3]
    yield "cut at a piece", stored[: place_of(3)]
    yield "cut within a piece", stored[: place_of(3) - 100]
    yield "cut to the head", head
    yield "nothing", b""
    yield "more behind", stored + bytes(100)
    lots = random.Random(1)
    for at in (3, 20, place_of(0), place_of(1) - 1, *(lots.randrange(len(stored)) for _ in range(40))):
        yield f"byte {at}", stored[:at] + bytes((stored[at] ^ 1,)) + stored[at + 1 :]


def test_a_sealed_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    content = random.Random(2).randbytes(3 * PIECE_BYTES + 777)
    stored, again = (sealed(tmp_path / name, content).read_bytes() for name in ("a", "b"))
    for what, other in changed(stored, again):
        (tmp_path / "c").write_bytes(other)
        with pytest.raises(FormatError), reader_of(tmp_path / "c", KEY, "film") as file:
            file.read()
            pytest.fail(what)
    for key, name in ((KEY, "result/film"), (bytes(32), "film")):
        with pytest.raises(FormatError):
            reader_of(tmp_path / "a", key, name)


def pieces(content: bytes, *sizes: int) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield content[at : at + size]
        at += size


class Killed(BaseException):
    """The program is gone."""


def test_what_was_acknowledged_of_an_upload_is_here_whenever_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call that changes a file, the program stops being; what the next one finds is what was acknowledged."""
    content = random.Random(3).randbytes(5 * PIECE_BYTES)
    for step in range(40):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        left = step

        def fatal(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    raise Killed
                return real(*arguments)

            return call

        acknowledged = 0
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fatal(os.fsync))
            patched.setattr(Path, "replace", fatal(Path.replace))
            try:
                for size in (10, 3 * PIECE_BYTES, PIECE_BYTES - 10, 5, PIECE_BYTES - 5):
                    growing = Growing(tmp_path / "up", KEY, "film")
                    growing.append(iter([content[growing.size : growing.size + size]]))
                    acknowledged = growing.size
                Growing(tmp_path / "up", KEY, "film").finish().close()
            except Killed:
                pass
        here = Growing(tmp_path / "up", KEY, "film")
        assert here.size >= acknowledged
        here.append(iter([content[here.size :]]))
        with here.finish() as file:
            assert file.read() == content
        if left >= 0:
            assert step > 15
            return
    pytest.fail("it never came through")


def test_what_arrived_before_a_connection_broke_stays(tmp_path: Path) -> None:
    content = random.Random(4).randbytes(2 * PIECE_BYTES)

    def broken() -> Iterator[bytes]:
        yield content[: PIECE_BYTES + 5]
        raise ConnectionResetError

    growing = Growing(tmp_path / "up", KEY, "film")
    with pytest.raises(ConnectionResetError):
        growing.append(broken())
    assert Growing(tmp_path / "up", KEY, "film").size == PIECE_BYTES + 5
    with pytest.raises(FormatError):
        Growing(tmp_path / "up", bytes(32), "film")


@pytest.fixture
def recording(log_in: object) -> Recording:
    account, _ = log_in("anna")  # type: ignore[operator]
    return kept_plain(account, add_person(account, "Anna"))


def kept_plain(account: Account, person: Person) -> Recording:
    """A recording as it was kept before there were keys."""
    made = Recording.objects.create(owner=account, person=person, day="2026-05-01", name=new_token(), container="mov")
    (made.result / "clips").mkdir(parents=True)
    made.film.write_bytes(b"canary film" * 10_000)
    (made.result / "report.html").write_bytes(b"canary report")
    (made.result / "clips" / "1.mp4").write_bytes(b"canary clip")
    return made


def canaries(place: Place) -> list[str]:
    return [path.name for path in place.recordings.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]


def test_what_was_kept_plain_is_sealed_at_the_start_and_goes_on_where_it_was_killed(
    casebook: Place, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(canaries(casebook)) == 3
    real, left = Path.replace, 1

    def killed(path: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return real(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            move_in()
    assert len(canaries(casebook)) == 2
    with film_reader(recording) as film:  # half of it is sealed: both halves are read
        assert film.read() == b"canary film" * 10_000
    shares: list[float] = []
    assert move_in(shares.append) == 2
    assert shares[-1] == 1
    assert canaries(casebook) == []
    assert move_in() == 0
    with film_reader(recording) as film, result_reader(recording, "clips/1.mp4") as clip:
        assert (film.read(), clip.read()) == (b"canary film" * 10_000, b"canary clip")
    recording.film.write_bytes(b"another film")  # from now on what is plain is none of ours
    with pytest.raises(FormatError, match="changed"):
        film_reader(recording)


def test_an_upload_that_was_under_way_is_sealed_and_goes_on(casebook: Place, recording: Recording) -> None:
    upload = Upload.objects.create(
        owner_id=recording.owner_id, person=recording.person, day="2026-05-01", size_bytes=200_000
    )
    upload.path.write_bytes(b"canary" * 20_000)
    move_in()
    assert here_bytes(upload) == 120_000
    assert not any(b"canary" in path.read_bytes() for path in casebook.incoming.iterdir())
    with coming_in(upload).finish() as file:
        assert file.read() == b"canary" * 20_000


def test_files_of_a_recording_cannot_be_put_in_each_others_place(recording: Recording) -> None:
    other = kept_plain(Account.objects.get(), recording.person)
    move_in()
    keep(recording, "proxy.mp4", io.BytesIO(b"proxy"))
    shutil.copyfile(other.film, recording.film)
    with pytest.raises(FormatError):
        film_reader(recording)
    shutil.copyfile(recording.result / "report.html", recording.folder / "proxy.mp4")
    with pytest.raises(FormatError):
        result_reader(recording, "../proxy.mp4")


def test_a_plain_film_has_no_name_and_nothing_is_left_of_it(casebook: Place, recording: Recording) -> None:
    move_in()
    before = set(casebook.root.rglob("*"))
    with plain_film(recording) as path, private_folder() as folder:
        assert path.read_bytes() == b"canary film" * 10_000
        (folder / "x").write_bytes(b"canary")
        assert folder.stat().st_mode & 0o077 == 0
    assert set(casebook.root.rglob("*")) == before
    assert not folder.exists()


def test_what_a_killed_program_left_is_cleared_at_the_start(casebook: Place) -> None:
    place = memory_place(casebook.root)
    with private_folder(0) as folder:
        kept = folder.parent
    for left in (kept, casebook.temporary):
        (left / ".facialis-abcdefgh.partial").mkdir(parents=True)
        (left / ".facialis-abcdefgh.partial" / "face").write_bytes(b"canary")
    clear_private()
    assert not place.exists()
    assert list(casebook.temporary.iterdir()) == []


def test_without_its_key_a_casebook_does_not_start(casebook: Place, recording: Recording) -> None:
    move_in()
    kept = casebook.vault.read_bytes()
    casebook.vault.unlink()
    with pytest.raises(FormatError, match="missing"):
        prepare(casebook)
    casebook.vault.write_text("00" * 32)
    with pytest.raises(FormatError, match="not the key"):
        film_reader(recording)
    casebook.vault.write_bytes(kept)
    film_reader(recording).close()


def test_a_key_serves_its_own_person_alone(recording: Recording) -> None:
    move_in()
    account = Account.objects.get()
    other = kept_plain(account, add_person(account, "Bert"))
    move_in()
    first, second = FileKey.objects.get(token=recording.token), FileKey.objects.get(token=other.token)
    FileKey.objects.filter(token=first.token).update(wrapped=second.wrapped)
    with pytest.raises(FormatError):
        film_reader(recording)
    FileKey.objects.filter(token=first.token).update(wrapped=first.wrapped)
    PersonKey.objects.filter(person=recording.person).update(wrapped=PersonKey.objects.get(person=other.person).wrapped)
    with pytest.raises(FormatError):
        film_reader(recording)
