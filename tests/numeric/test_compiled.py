"""Compiled functions are kept where that is possible, and work where it is not."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numba
import pytest

from facialis.numeric.compiled import compiled, undisturbed


def add(one: float, other: float) -> float:
    return one + other


def test_a_compiled_function_gives_what_the_function_gives() -> None:
    assert compiled(add)(1.5, 2.0) == add(1.5, 2.0)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = numba.njit

    def nowhere(*, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return made(**options)

    monkeypatch.setattr(numba, "njit", lambda **options: nowhere(**options))

    def double(value: float) -> float:
        return 2 * value

    assert compiled(double)(4.0) == 8.0


PROGRAM = """
import numpy
from facialis.numeric.images.agreement import mean_grey
print(mean_grey(numpy.ones((4, 4), numpy.uint8), 0, 0, 4, 4, 1))
"""


OTHERWISE = """
from facialis.numeric import compiled
compiled._OPTIONS["fastmath"] = True
"""


def run(cache: Path, program: str = PROGRAM) -> str:
    environment = {"NUMBA_CACHE_DIR": str(cache), "PATH": "", "PYTHONPATH": ""}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def kept(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cache.rglob("*mean_grey*")}


def test_what_is_kept_is_used_again_and_what_is_damaged_is_made_anew(tmp_path: Path) -> None:
    assert run(tmp_path) == "1.0"
    whole = kept(tmp_path)
    assert any(name.endswith(".nbi") for name in whole)
    assert any(name.endswith(".nbc") for name in whole)
    for path in tmp_path.rglob("*mean_grey*"):
        path.write_bytes(path.read_bytes()[: len(whole[path.name]) // 2])
    assert run(tmp_path) == "1.0"
    assert kept(tmp_path).keys() == whole.keys()
    assert all(len(data) > len(whole[name]) // 2 for name, data in kept(tmp_path).items())


def test_what_was_compiled_with_other_options_is_not_used(tmp_path: Path) -> None:
    run(tmp_path, OTHERWISE + PROGRAM)
    other = kept(tmp_path)
    run(tmp_path)
    assert len(kept(tmp_path)) == len(other) + 1
    assert all(kept(tmp_path)[name] == data for name, data in other.items() if name.endswith(".nbc"))


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    for path in tmp_path.rglob("*mean_grey*"):
        path.unlink()
        path.mkdir()  # in the way, also of root
    assert run(tmp_path) == "1.0"


def test_what_asks_to_stop_is_put_off_and_not_lost() -> None:
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    done = []
    try:
        with pytest.raises(KeyboardInterrupt), undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("the block")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, usual)
    assert done == ["the block"]


def test_what_is_ignored_stays_ignored_and_other_threads_touch_nothing() -> None:
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    handlers = []

    def look() -> None:
        with undisturbed():
            handlers.append(signal.getsignal(signal.SIGTERM))

    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    finally:
        signal.signal(signal.SIGINT, usual)
    assert handlers == [signal.getsignal(signal.SIGTERM)]
