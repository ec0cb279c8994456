"""A recording whose twitches are known, and what is found in it: ``python examples/phantom_with_truth.py OUT.mp4``."""

import sys

import facialis

SPEC = """
duration_s: 12
seed: 3
camera: {width_px: 240, height_px: 240}
acts:
  - {act: blink, onset_s: 1}
  - {act: contraction, side: left, onset_s: 2.5, duration_s: 0.15, amplitude_iod: 0.03, regions: eye}
  - {act: contraction, side: left, onset_s: 8, duration_s: 0.15, amplitude_iod: 0.02, regions: eye}
"""


def main(video: str) -> None:
    truth = facialis.write_phantom(SPEC, video)
    session = facialis.measure_recording(video)
    for event in truth:
        near = [found for found in session.events if abs(found.apex_s - event.apex_s) < 0.2]
        print(f"{event.trial_type} at {event.apex_s:.2f} s:", ", ".join(f"{f.trial_type} {f.side}" for f in near))
    found = facialis.find_events(session.motion)  # the same events again, from the signals alone
    kept = [event for event in found if event.side == "left"]
    measures = {row.name: row for row in facialis.measures_of(session.motion, kept) if row.block == "all"}
    print(f"twitches after a correction by hand: {measures['twitch_count'].value:g}")


if __name__ == "__main__":
    main(sys.argv[1])
