"""Tables of protocol blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from facialis.core.errors import FormatError
from facialis.core.records import Block
from facialis.files.blocks import read_blocks


@pytest.mark.parametrize(
    "text",
    [
        "block,start_s,stop_s\nrest,0,60\npucker,62.5,67\n",
        "block\tstart_s\tstop_s\nrest\t0\t60\npucker\t62.5\t67\n",
        "block;start_s;stop_s\nrest;0;60\npucker;62,5;67\n",
        "\ufeffstop_s, note, block, start_s\r\n67, again, pucker, 62.5\r\n\r\n60, , rest, 0\r\n",
    ],
)
def test_blocks_are_read_in_order(tmp_path: Path, text: str) -> None:
    path = tmp_path / "blocks.csv"
    path.write_bytes(text.encode())
    assert read_blocks(path) == (
        Block(name="rest", start_s=0, stop_s=60),
        Block(name="pucker", start_s=62.5, stop_s=67),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no table of blocks"),
        (b"name,from,to\nrest,0,60\n", "no table of blocks"),
        (b"block,start_s,stop_s\nrest,0,60\nrest,x,60\n", "line 3"),
        (b"block,start_s,stop_s\nrest,0\n", "line 2"),
        (b"block,start_s,stop_s\nrest,60,0\n", "line 2"),
        (b"block,start_s,stop_s\n,0,60\n", "line 2"),
        (b"block,start_s,stop_s\nrest,0,nan\n", "line 2"),
        (b"block,start_s,stop_s\nall,0,60\n", "line 2"),
        (b"block,start_s,stop_s\nrest,0,inf\n", "line 2"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_block_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "blocks.csv"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as caught:
        read_blocks(path)
    assert caught.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.csv"):
        read_blocks(tmp_path / "none.csv")
