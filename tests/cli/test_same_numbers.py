"""The same recording gives the same bytes, whether code is compiled for it, loaded, or can be kept nowhere.

A function that others call is compiled twice: alone, and once more inside what calls it. Which of both runs depends on
whether the caller was compiled or loaded, so both have to give the same numbers. They look most different where a
processor has many registers. All that runs here is compiled as for such a one, on whatever it runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import GUARD

MANY_REGISTERS = """
import llvmlite.binding
llvmlite.binding.set_option("", "-force-vector-interleave=4")
"""

# The modes of files bind root too, once it has given up its right to override them (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE).
BOUND = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

KERNELS = """
import numpy as np
from facialis.numeric.images import agreement, similarity, windows as w

rng = np.random.Generator(np.random.SFC64(5))
image = np.add.accumulate(rng.normal(0, 4, (90, 120)), axis=1, dtype=np.float32)
centres, which = rng.uniform(20, 70, (5, 2)), np.arange(5)
for side in (41, 17):
    looks = w.no_looks(5, side)
    looks.pixels[w.VALUES] = w.cut_windows(image, centres, side)
    looks.pixels[w.WEIGHT] = rng.uniform(0, 1, (5, side * side))
    w.look_again(looks, side, which)
    found = w.settle(image[:, 1:].copy(), centres, 1, side, looks, which, np.zeros((5, 2)), 3, 0.1, 0.01)
    w.learn(image, centres + 0.3, side, np.full(5, 0.3), looks.pixels[w.VALUES])
    for array in (*looks, *found):
        print(array.tobytes().hex())
one, other = rng.integers(0, 256, (2, 90, 120), np.uint8)
print(agreement.same_share(one, other, centres, 9, 2).tobytes().hex())
print(agreement.mean_difference(one, other, 2).hex(), agreement.mean_grey(one, 3, 3, 80, 80, 2).hex())
print(similarity.fit_similarity(centres, centres + rng.normal(0, 1, (5, 2)), np.ones(5), rounds=3, least=0.1))
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with what every process here begins with."""
    begin = tmp_path / "begin"
    begin.mkdir()
    (begin / "sitecustomize.py").write_text((GUARD / "sitecustomize.py").read_text() + MANY_REGISTERS)
    (tmp_path / "file").touch()
    return tmp_path


def start(place: Path, cache: str, arguments: Iterable[object], *, bound: bool = False) -> subprocess.Popen[bytes]:
    """A process that keeps what it compiles in one folder of ``place``, and nowhere else."""
    environment = os.environ | {
        "NUMBA_CACHE_DIR": str(place / cache),
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
        "PYTHONPATH": os.pathsep.join([str(place / "begin"), os.environ["PYTHONPATH"]]),
    }
    command = [sys.executable, *(["-c", BOUND] if bound else []), *map(str, arguments)]
    return subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> bytes:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    return out


@contextmanager
def only_read(place: Path, cache: Path) -> Iterator[None]:
    """Nothing can be written in ``cache`` within the block, by processes that are bound; skips where that cannot be."""
    folders = [cache, *(path for path in cache.rglob("*") if path.is_dir())]
    try:
        for folder in folders:
            folder.chmod(0o555)
        look = f"import os; print(any(os.access(folder, os.W_OK) for folder in {[str(path) for path in folders]}))"
        if finish(start(place, "cache", ["-c", look], bound=True)).strip() != b"False":
            pytest.skip("needs Linux and the right to give up the rights of root")
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


def kept(cache: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in cache.rglob("*") if p.is_file()}


def test_a_compiled_function_gives_the_same_compiled_loaded_and_without_a_cache(place: Path) -> None:
    cold, nowhere = (start(place, cache, ["-c", KERNELS]) for cache in ("cache", "file/cache"))
    compiled = finish(cold)
    assert compiled.count(b"\n") > 15
    assert finish(nowhere) == compiled
    before = kept(place / "cache")
    assert len(before) > 15
    assert finish(start(place, "cache", ["-c", KERNELS])) == compiled
    assert kept(place / "cache") == before  # loaded, not made anew


def test_a_recording_gives_the_same_bytes_in_the_first_run_and_in_every_later_one(place: Path, clips: Path) -> None:
    cache = place / "cache"
    videos = [clips / "face.mp4", clips / "face.mkv"]

    def analyse(out: str, cache: str, jobs: int, *, bound: bool = False) -> subprocess.Popen[bytes]:
        options = ["--out", out, "--jobs", jobs, "--no-faces", "--quiet"]
        return start(place, cache, ["-W", "error", "-m", "facialis", "analyse", *videos, *options], bound=bound)

    for process in (analyse("first", "cache", 1), analyse("nowhere", "file/cache", 1)):
        finish(process)
    before = kept(cache)
    assert len(before) > 15
    finish(analyse("two jobs", "cache", 2))
    with only_read(place, cache):
        finish(analyse("only read", "cache", 1, bound=True))
    assert kept(cache) == before  # loaded, not made anew

    names = ("events.tsv", "signals.parquet", "session.json")
    first = {p.relative_to(place / "first"): p.read_bytes() for p in (place / "first").rglob("*") if p.name in names}
    assert len(first) == len(names) * len(videos)
    for out in ("nowhere", "two jobs", "only read"):
        differing = [str(path) for path, data in first.items() if (place / out / path).read_bytes() != data]
        assert not differing, out
