"""Violent spasms are no hair: puppets whose cheek and mouth are pulled by up to 2 cm, and what is left of it.

A severe spasm pulls the corner of a mouth by 1 cm (0.16 IOD) or more. Three contractions of a quarter of a second are
put into still puppets of people, by size; counted are those found on their side, and the time that was taken out
because something seemed to pass before the face.
"""

from __future__ import annotations

import sys

from facialis.measure.session import measure_recording
from validation.outcome import Goal, Outcome, Table, finish
from validation.puppet import Film, sitter
from validation.trial import Trial, begin
from validation.twitches import Twitch

FACES = ("swiz3n", "d13", "evm", "d9", "brbk7n")
SIZES_IOD = (0.05, 0.1, 0.15, 0.2, 0.3)
PATTERNS = ("lids_cheek_mouth", "mouth")
_ONSETS_S = (2.0, 3.7, 5.4)
_LASTS_S = 0.25
_LENGTH_S = 7.0
_NEAR_S = 0.15  # of an apex at which a twitch is the one put in: less than it lasts


def run(trial: Trial) -> Outcome:
    """Every size in all people."""
    rows, found_of = [], dict.fromkeys(SIZES_IOD, 0)
    faces = FACES[:1] if trial.quick else FACES
    put_in = len(faces) * len(PATTERNS) * len(_ONSETS_S)
    for size in SIZES_IOD:
        hidden_s = 0.0
        for face in faces:
            for pattern in PATTERNS:
                spasms = tuple(
                    Twitch(onset_s=t, duration_s=_LASTS_S, side="left", size_iod=size, pattern=pattern)
                    for t in _ONSETS_S
                )
                film = Film(face=face, iod_px=80, duration_s=_LENGTH_S, twitches=spasms)
                result = measure_recording(film.clip(sitter(face, trial.footage, trial.cache), trial.cache))
                told = [e for e in result.events if e.trial_type == "twitch" and e.side == "left"]
                count = sum(any(abs(e.apex_s - s.apex_s) < _NEAR_S for e in told) for s in spasms)
                found_of[size] += count
                hidden_s += _LENGTH_S - result.usable_s
                trial.say(f"violent_spasms: {face} {pattern} {size:g}: {count} found, {result.usable_s:.1f} s usable")
        rows.append((f"{size:g}", str(put_in), str(found_of[size]), f"{hidden_s:.1f}"))
    return Outcome(
        name="violent_spasms",
        title="Violent spasms",
        about=f"Three contractions of {_LASTS_S} s in each film of {_LENGTH_S:g} s, in still puppets of "
        f"{len(faces)} people.",
        command="python -m validation.violent_spasms",
        tables=[Table(title="By size.", head=("IOD", "put in", "found", "not usable, s"), rows=tuple(rows))],
        goals=[Goal(what="found of those of 0.2 IOD, share", value=found_of[0.2] / put_in, least=0.95)],
    )


if __name__ == "__main__":
    this = begin("validation.violent_spasms", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
