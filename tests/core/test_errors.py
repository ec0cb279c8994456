"""The error tree: one place, stated codes, and errors that cross processes."""

from __future__ import annotations

import errno
import inspect
import os
import pickle

import pytest

from facialis.core import errors
from facialis.core.errors import FaceError, FacialisError, InputError, OutputError, VideoError
from facialis.core.messages import as_error

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, FacialisError)]


def an_instance(kind: type[FacialisError]) -> FacialisError:
    return kind("It is broken.", advice="Mend it.", code=kind.codes[0] if kind.codes else "")


@pytest.mark.parametrize("kind", TREE)
def test_errors_cross_processes_whole(kind: type[FacialisError]) -> None:
    error = an_instance(kind)
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is kind
    assert (other.message, other.advice, other.code) == (error.message, error.advice, error.code)
    assert str(other) == "It is broken. Mend it."


@pytest.mark.parametrize("kind", TREE)
def test_exit_code_and_status_are_of_the_documented_ones(kind: type[FacialisError]) -> None:
    assert kind.exit_code in (1, 2, 3, 4)
    assert 400 <= kind.http_status <= 599


def test_each_input_exit_code_belongs_to_one_branch() -> None:
    assert {kind for kind in TREE if kind.exit_code == 3} == {VideoError}
    assert {kind for kind in TREE if kind.exit_code == 4} == {FaceError}
    assert InputError.exit_code == 2
    assert OutputError.exit_code == FacialisError.exit_code == 1


@pytest.mark.parametrize("kind", [kind for kind in TREE if kind.codes])
def test_unknown_codes_are_refused(kind: type[FacialisError]) -> None:
    with pytest.raises(ValueError, match="has no code"):
        kind("It is broken.", code="no_such_code")


def test_everything_in_the_tree_is_public() -> None:
    assert sorted(kind.__name__ for kind in TREE) == sorted(errors.__all__)


def test_the_drawing_shows_every_error() -> None:
    assert errors.__doc__ is not None
    for kind in TREE:
        assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize("number", [n for n in errno.errorcode if n != errno.ENOENT])
def test_whatever_the_system_refuses_has_a_sentence_of_its_own(number: int) -> None:
    said = as_error(OSError(number, os.strerror(number), "there/x"))
    assert said.message.startswith("there/x: ")
    assert said.message.endswith(".")
    assert said.advice
    assert "fault of facialis" not in str(said)


@pytest.mark.parametrize(
    "number", [errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EIO, errno.EROFS, errno.ENOMEM, errno.EAGAIN]
)
def test_a_lack_of_the_computer_is_no_fault_of_facialis_without_a_name_either(number: int) -> None:
    said = as_error(OSError(number, os.strerror(number)))
    assert "fault of facialis" not in str(said)
    assert said.exit_code == 1
    assert said.advice


def test_what_has_no_known_reason_stays_a_fault() -> None:
    assert "fault of facialis" in str(as_error(OSError("odd")))
    assert "fault of facialis" not in str(as_error(MemoryError()))
