"""The data files that stand for a measurement are those that it reads, all of them and no others."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np

import facialis
from facialis.core.knowledge import data_bytes
from facialis.core.revision import DATA_FILES, MEASUREMENT_REVISION, data_sha256
from facialis.core.settings import Settings
from facialis.measure.session import provenance
from facialis.phantom.recording import PhantomSource
from tests.measure.pictures import spec

# Notes each file of facialis/data that is opened while pictures become a session, from the first import on.
MEASURE = """
import os, sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
import numpy as np
from facialis.film.sources import FrameList
from facialis.measure.session import measure_source
with np.load(sys.argv[1]) as stored:
    time_s, luma, chroma = (list(stored[name]) for name in ("time_s", "luma", "chroma"))
measure_source(FrameList([float(t) for t in time_s], luma, chroma, name="made"))
data = os.path.join(sys.argv[2], "data") + os.sep
print(*sorted(name.removeprefix(data).replace(os.sep, "/") for name in opened if name.startswith(data)), sep="\\n")
"""


def test_a_measurement_opens_these_data_files_and_no_others(tmp_path: Path) -> None:
    pictures = list(islice(PhantomSource(spec("woman")).frames(), 36))
    np.savez(
        tmp_path / "pictures.npz",
        time_s=[frame.time_s for frame in pictures],
        luma=np.stack([frame.luma for frame in pictures]),
        chroma=np.stack([frame.chroma for frame in pictures]),
    )
    place = Path(facialis.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "pictures.npz", place], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # Which sources there are is looked up for every data file; their names change no number.
    assert set(done.stdout.split()) - {"references.yaml"} == set(DATA_FILES)


def test_every_data_file_counts_towards_the_hash() -> None:
    assert len(data_sha256()) == 64
    assert all(data_bytes(name) for name in DATA_FILES)
    assert sorted(set(DATA_FILES)) == list(DATA_FILES)


def test_what_is_measured_now_carries_both() -> None:
    made = provenance(Settings())
    assert (made.revision, made.data_sha256) == (MEASUREMENT_REVISION, data_sha256())
    assert made.revision >= 1
