"""Many recordings into one table, a row per measure: ``python examples/folder_to_table.py FOLDER measures.csv``."""

import sys
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

import facialis
from facialis.core.errors import FacialisError


def main(folder: str, table: str) -> None:
    parts = []
    for video in sorted(Path(folder).glob("*.mp4")):
        try:
            parts.append(facialis.measure_recording(video).measures_table())
        except FacialisError as error:  # what cannot be measured is named, and is no zero in the table
            print(f"{video.name}: {error}", file=sys.stderr)
    if not parts:
        sys.exit(f"no recording in {folder} could be measured")
    csv.write_csv(pa.concat_tables(parts), table)


if __name__ == "__main__":
    main(*sys.argv[1:])
