"""A file of ratings: what is written is read back; what cannot be used is named; nothing missing becomes zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from facialis.core.errors import FormatError, OutputError
from facialis.core.knowledge import language
from facialis.core.rating.ratings import Rating
from facialis.files.ratings import COLUMNS, ratings_text, read_ratings, write_ratings

ROWS = (
    Rating(set_name="=one", item="a", rater="Dr. B", scale="tunc", part="eye", value=0.0, took_s=41.25),
    Rating(set_name="=one", item="a", rater="Dr. B", scale="tunc", part="eye", value=3.0, repeat=2),
    Rating(
        set_name="=one", item="a", rater="Dr. B", scale="tunc", part="side", value="left", at="2026-11-30T20:00:00Z"
    ),
    Rating(set_name="=one", item="b", rater="Dr. B", scale="tunc", part="eye", unrateable=True),
    Rating(
        set_name="=one",
        item="c",
        recording="face.mp4",
        start_s=10.0,
        stop_s=40.0,
        rater="-C",
        scale="tapping",
        part="tap",
        onset_s=12.345678,
        offset_s=12.5,
    ),
    Rating(set_name="=one", item="c", rater="-C", scale="tapping", part="count", value=1.0),
)


def written(path: Path, *rows: str, header: str = "\t".join(COLUMNS)) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_ratings(ROWS, tmp_path / "r.tsv")
    read = read_ratings(tmp_path / "r.tsv")
    assert read.rows == ROWS
    assert read.problems == ()
    assert (read.raters, read.unrateable) == (("Dr. B", "-C"), 1)
    assert read.items == (("=one", "a"), ("=one", "b"), ("=one", "c"))
    assert [p.name for p in tmp_path.iterdir()] == ["r.tsv"]
    assert ratings_text(read.rows) == (tmp_path / "r.tsv").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        write_ratings(ROWS, tmp_path / "none" / "r.tsv")
    (tmp_path / "r.tsv").mkdir()
    with pytest.raises(OutputError):
        write_ratings(ROWS, tmp_path / "r.tsv")
    assert [p.name for p in tmp_path.iterdir()] == ["r.tsv"]


def test_missing_is_never_zero_and_mistakes_are_sentences(tmp_path: Path) -> None:
    header = "item\trater\tscale\tpart\tvalue\tonset_s"
    path = written(
        tmp_path / "r.tsv",
        "1\tA\ttunc\teye\t2\t",
        "1\tA\ttunc\tmouth\t\t",
        "1\tA\ttunc\tneck\tn/a\t",
        "1\tA\ttunc\tcheek\tunrateable\t",
        "1\tA\ttunc\teye\t3\t",
        "2\tA\ttunc\teye\t7\t",
        "2\t\ttunc\teye\t1\t",
        "2\tA\tother\teye\t1\t",
        "2\tA\ttunc\tear\t1\t",
        "2\tA\ttapping\ttap\t\t",
        "2\tA\ttapping\tcount\tfew\t",
        header=header,
    )
    read = read_ratings(path)
    assert [(r.part, r.value, r.unrateable) for r in read.rows] == [("eye", 2.0, False), ("cheek", None, True)]
    said = [str(p) for p in read.problems]
    assert said[0] == (
        "r.tsv, line 6, item: This rater has answered this for this item and repeat already. The row is left out."
    )
    assert said[1].startswith("r.tsv, line 7, value: 7 is no answer to eye: there are 0, 1, 2, 3, 4.")
    assert [(p.line, p.field) for p in read.problems] == [
        (6, "item"),
        (7, "value"),
        (8, "rater"),
        (9, "scale"),
        (10, "part"),
        (11, "onset_s"),
        (12, "value"),
    ]
    with language("de"):
        assert "ist keine Antwort auf eye" in str(read_ratings(path).problems[1])


def test_a_file_of_which_nothing_can_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="rater"):
        read_ratings(written(tmp_path / "r.tsv", "1\ttunc\teye\t2", header="item\tscale\tpart\tvalue"))
    with pytest.raises(FormatError, match="no rating"):
        read_ratings(written(tmp_path / "r.tsv"))
    with pytest.raises(FormatError):
        read_ratings(tmp_path / "none.tsv")


def test_other_columns_and_orders_and_a_decimal_comma_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "r.tsv", "2,0;eye;tunc;A;1;tired", header="value;part;scale;rater;item;note")
    assert read_ratings(path).rows[0].value == 2.0
