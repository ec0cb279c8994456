"""A folder of results is put in place whole, whatever else lies in the earlier one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from facialis.files.placing import whole_folder
from tests.odd_files import ODD, at_once, put

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (pipes and devices)")


@pytest.mark.parametrize("name", ["other", "clips/other"])
@pytest.mark.parametrize("kind", sorted(ODD.keys() - {"endless"}))
def test_odd_things_in_an_earlier_result_are_carried_over_unopened(tmp_path: Path, kind: str, name: str) -> None:
    earlier = tmp_path / "face"
    (earlier / "clips").mkdir(parents=True)
    (earlier / "session.json").write_text("earlier")
    before = put(kind, earlier / name).lstat()
    with (
        at_once(),
        whole_folder(earlier, is_ours=bool, made=frozenset({"session.json"}), keep_others=True) as work,
    ):
        (work / "session.json").write_text("new")
        (work / "clips").mkdir()
    assert (earlier / "session.json").read_text() == "new"
    assert (earlier / name).lstat().st_mode == before.st_mode
    assert [path.name for path in tmp_path.iterdir()] == ["face"]


@pytest.mark.parametrize("kind", ODD)
def test_odd_things_in_the_place_of_a_result_file_are_replaced(tmp_path: Path, kind: str) -> None:
    earlier = tmp_path / "face"
    earlier.mkdir()
    put(kind, earlier / "session.json")
    with (
        at_once(),
        whole_folder(earlier, is_ours=bool, made=frozenset({"session.json"}), keep_others=True) as work,
    ):
        (work / "session.json").write_text("new")
    assert (earlier / "session.json").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["face"]
