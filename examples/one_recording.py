"""Measure one recording and print what was found: ``python examples/one_recording.py my-face.mp4``."""

import sys

import facialis


def main(video: str) -> None:
    session = facialis.measure_recording(video)
    print(f"{session.usable_s:.0f} s of {session.recording.duration_s:.0f} s could be used")
    for event in session.events:
        if event.trial_type == "twitch":
            print(f"{event.onset_s:7.2f} s  {event.side:<5}  {event.amplitude_iod:.4f}  {', '.join(event.regions)}")
    rate = session.measure("twitch_rate_per_min")
    print(f"twitches per minute: {rate.value if rate.value is not None else rate.why_not}")
    print(session.signals_table().num_rows, "frames of signals")  # .to_pandas() or polars.from_arrow() from here


if __name__ == "__main__":
    main(sys.argv[1])
