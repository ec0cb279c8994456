"""A film made in the browser against the same phantom as a file: what is found, and what the codec costs.

Chromium's fake camera plays a phantom over and over, "Film now" films it, and the casebook measures it. The same
pictures as a file are measured as well. Where the page refuses to film, that is the result: it says why. ``--only``
lets the browser have one recorder alone, as ``video/mp4;codecs=avc1.640028``; ``--anyway`` films with the first that
there is, whatever it loses or copies. Needs Chromium and the built pages.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, Route, sync_playwright

from facialis.core.records import Event, Frame, Session
from facialis.files.session_folder import read_session
from facialis.film.encode import VideoWriter
from facialis.measure.session import measure_recording
from facialis.phantom.recording import PhantomSource, truth
from facialis.phantom.specification import PhantomSpec, parse_spec
from validation.outcome import Goal, Outcome, Table, finish
from validation.scoring import Tally, tally
from validation.trial import Trial, begin, number, share

_SIZE = (640, 480)
_RATE_HZ = 30.0
_SIZES_IOD = (0.01, 0.02, 0.03, 0.04)
_EVERY_S = 1.5  # between contractions; every third moment is a blink
_NEAR = 0.05  # the design's figure: F1 of the browser's film may be less by this
_FILES = ("session.json", "events.tsv", "signals.parquet")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_ONE_RECORDER = "(only) => { MediaRecorder.isTypeSupported = (type) => type === only }"


def _spec(loop_s: float) -> PhantomSpec:
    acts = []
    for k, onset in enumerate(np.arange(1.0, loop_s - 1.0, _EVERY_S)):
        if k % 3 == 2:
            acts.append(f"  - {{act: blink, onset_s: {onset:.2f}}}")
        else:
            size = _SIZES_IOD[(k - k // 3) % len(_SIZES_IOD)]
            acts.append(
                f"  - {{act: contraction, side: left, onset_s: {onset:.2f}, duration_s: 0.15, amplitude_iod: {size}}}"
            )
    width, height = _SIZE
    head = (
        f"duration_s: {loop_s:g}\nseed: 3\ncamera: {{width_px: {width}, height_px: {height}, iod_share: 0.2}}\nacts:\n"
    )
    return parse_spec(head + "\n".join(acts), "browser", "browser")


def _pictures(spec: PhantomSpec, cache: Path) -> Path:
    """The phantom as a camera gives it, in a file that is made once."""
    path = cache / f"browser-{spec.duration_s:g}.y4m"
    if not path.is_file():
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(
                f"YUV4MPEG2 W{_SIZE[0]} H{_SIZE[1]} F{_RATE_HZ:g}:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\n".encode()
            )
            for frame in PhantomSource(spec).frames():
                file.write(b"FRAME\n" + frame.luma.tobytes() + frame.chroma.tobytes())
        part.replace(path)
    return path


def _frames(path: Path, length_s: float) -> Iterator[Frame]:
    """The camera's pictures, over and over, for so long."""
    width, height = _SIZE
    luma, chroma = width * height, (2, height // 2, width // 2)
    raw = np.memmap(path, np.uint8, "r", offset=path.read_bytes()[:200].index(b"\n") + 1)
    pictures = raw.reshape(-1, len(b"FRAME\n") + luma * 3 // 2)[:, len(b"FRAME\n") :]
    for k in range(round(length_s * _RATE_HZ)):
        picture = np.asarray(pictures[k % len(pictures)])
        yield Frame(
            index=k,
            time_s=k / _RATE_HZ,
            luma=picture[:luma].reshape(height, width),
            chroma=picture[luma:].reshape(chroma),
        )


def _as_file(path: Path, length_s: float, cache: Path) -> Path:
    film = cache / f"{path.stem}-{length_s:g}.mp4"
    with VideoWriter(film, width_px=_SIZE[0], height_px=_SIZE[1], frame_rate_hz=_RATE_HZ) as writer:
        for frame in _frames(path, length_s):
            writer.write(frame)
        writer.finish()
    return film


@contextlib.contextmanager
def _page(camera: Path, data: Path, only: str, *, anyway: bool) -> Iterator[Page]:
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        flags = [*_FLAGS, f"--use-file-for-fake-video-capture={camera}"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = browser.new_context(base_url=address, locale="en-GB").new_page()
        page.set_default_timeout(600_000)
        if anyway:
            page.route("**/film/", _bearing_all)
        if only:
            page.add_init_script(f"({_ONE_RECORDER})({json.dumps(only)})")
        try:
            yield page
        finally:
            browser.close()
            server.terminate()
            server.wait(60)


def _bearing_all(route: Route) -> None:
    """The page, with a recorder that may lose and copy what it likes."""
    answer = route.fetch()
    allowed = re.sub(r"(most_(?:lost|copied)_share&quot;: )[\d.]+", r"\g<1>1", answer.text())
    route.fulfill(response=answer, body=allowed)


def _filmed(
    camera: Path, length_s: float, only: str, *, anyway: bool
) -> tuple[list[dict[str, Any]], str, Session | None, Any]:
    """What was tried, what the page says of it, and the session; None where it refused."""
    with tempfile.TemporaryDirectory() as data, _page(camera, Path(data) / "casebook", only, anyway=anyway) as page:
        page.goto("/")
        page.fill("[name=name]", "anna")
        for field in ("password", "again"):
            page.fill(f"[name={field}]", "cherry boat lamp")
        page.click("main button.main")
        page.wait_for_selector("#codes")
        page.goto("/people/new/")
        page.fill("[name=name]", "Anna")
        page.click("main button.main")
        page.goto(f"{page.url.rstrip('/')}/film/")
        page.check("[name=protocol][value=short]")
        page.click("#film-form button.main")
        page.click("[data-do=hand-right]")
        page.wait_for_selector("#filming[data-tested]", state="attached", timeout=300_000)
        tried = json.loads(page.get_attribute("#filming", "data-tested") or "[]")
        said = page.inner_text("#film-tested")
        if not page.is_enabled("[data-do=begin]"):
            return tried, said, None, None
        page.click("[data-do=begin]")
        page.wait_for_timeout(1000 * length_s)
        page.click("#film-running [data-do=stop]")
        page.wait_for_url("**/recordings/*/")
        page.locator(".answer .lead").wait_for(timeout=3_600_000)
        folder = Path(data) / "result"
        folder.mkdir()
        for name in _FILES:
            (folder / name).write_bytes(page.request.get(f"{page.url}files/{name}").body())
        captured = page.locator("p.hint", has_text="Filmed here").inner_text()
        return tried, said, read_session(folder), captured


def _opening(session: Session, step_s: float) -> NDArray[np.float64]:
    motion = session.motion
    opening = np.nanmean(motion.aperture_iod, axis=1)
    known = np.isfinite(opening)
    times = np.arange(0.0, float(motion.time_s[-1]), step_s)
    return np.asarray(np.interp(times, motion.time_s[known], opening[known]))


def _begun_s(film: Session, file: Session, loop_s: float) -> float:
    """At which moment of the loop the browser's film begins: where the eyes open and close alike."""
    step_s = 1 / _RATE_HZ
    one, other = _opening(film, step_s), _opening(file, step_s)
    loop = round(loop_s / step_s)
    other = other[:loop]
    at = np.arange(len(one))
    fits = [np.corrcoef(one, other[(at + shift) % loop])[0, 1] for shift in range(loop)]
    return float(np.argmax(fits)) * step_s


def _put_in(spec: PhantomSpec, begun_s: float, length_s: float) -> list[Event]:
    """The contractions of a film that begins at a moment of the loop."""
    found = []
    for turn, event in itertools.product(range(int(length_s / spec.duration_s) + 2), truth(spec)):
        shift = turn * spec.duration_s - begun_s
        if event.trial_type == "twitch" and 0.3 < event.apex_s + shift < length_s - 0.3:
            found.append(_moved(event, shift))
    return found


def _moved(event: Event, by_s: float) -> Event:
    return replace(event, onset_s=event.onset_s + by_s, apex_s=event.apex_s + by_s)


def _judged(session: Session, put_in: list[Event]) -> tuple[Tally, list[float], int]:
    """The tally; and of contractions that the session's limit promises, how many there were and were found."""
    twitches = [e for e in session.events if e.trial_type == "twitch" and e.apex_s > 0.3]
    limits = [row.limit_iod for row in session.limits if row.side == "left" and row.region == "orbicularis_oculi"]
    limit = next((value for value in limits if value is not None), float("inf"))
    promised = [e for e in put_in if e.amplitude_iod is not None and e.amplitude_iod >= limit]
    found = sum(any(abs(t.apex_s - e.apex_s) < 0.15 and t.side == e.side for t in twitches) for e in promised)
    return tally(put_in, twitches, session.recording.duration_s), [limit, float(len(promised))], found


def run(trial: Trial) -> Outcome:
    """Film, measure both, compare."""
    options = trial.options
    spec = _spec(8.0 if trial.quick else options.loop)
    length_s = 12.0 if trial.quick else options.seconds
    camera = _pictures(spec, trial.cache.resolve())
    trial.say(f"browser_films: filming for {length_s:g} s")
    tried, said, film, captured = _filmed(camera, length_s, options.only, anyway=options.anyway)
    recorders = Table(
        title="Recorders tried",
        head=("recorder", "picture", "given", "kept", "lost", "copied", ""),
        rows=tuple(
            (
                row["type"],
                f"{row['width']} × {row['height']}",
                str(row["delivered"]),
                str(row["kept"]),
                share(max(0, row["delivered"] - row["kept"]), row["delivered"]),
                number(row["copied"]),
                row["why"] or "serves",
            )
            for row in tried
        ),
    )
    if film is None:
        return _outcome(trial, f"The page refused to film: {said}", [recorders], [])
    trial.say(f"browser_films: {captured}")
    file = measure_recording(_as_file(camera, length_s, trial.cache))
    begun_s = _begun_s(film, file, spec.duration_s)
    rows, scores, kept = [], [], []
    for name, session, start_s in (("browser", film, begun_s), ("file", file, 0.0)):
        score, (limit, promised), found = _judged(session, _put_in(spec, start_s, session.recording.duration_s))
        scores.append(score.f1)
        kept.append((found, promised))
        facts = session.recording
        rows.append(
            (
                name,
                f"{facts.duration_s:.1f}",
                str(facts.frames),
                number(facts.frame_rate_hz, 1),
                number(score.f1),
                share(score.found, score.there),
                str(score.reported - score.found),
                number(limit, 4),
                share(found, int(promised)),
                ", ".join(finding.code for finding in session.findings) or "none",
            )
        )
    head = ("film", "s", "pictures", "Hz", "F1", "found", "false", "limit, IOD", "of what it promises", "findings")
    shares = [found / promised if promised else float("nan") for found, promised in kept]
    goals = [
        Goal(what="F1 of the browser's film less that of the file", value=scores[0] - scores[1], least=-_NEAR),
        Goal(what="share found of what the browser's limit promises", value=shares[0], least=0.9),
    ]
    table = Table(title="The film and the file", head=head, rows=tuple(rows))
    return _outcome(trial, f"{captured}", [recorders, table], goals)


def _outcome(trial: Trial, about: str, tables: list[Table], goals: list[Goal]) -> Outcome:
    return Outcome(
        name="browser_films",
        title="Films made in the browser",
        about=about,
        command=trial.command("browser_films"),
        tables=tables,
        goals=goals,
    )


def main() -> int:
    """Run the trial and print it."""
    trial = begin(
        "validation.browser_films", __doc__, needs_footage=False, seconds=60.0, loop=30.0, only="", anyway=False
    )
    outcome = run(trial)
    print(f"\n{outcome.about}")
    trial.end([outcome])
    return finish([outcome])


if __name__ == "__main__":
    sys.exit(main())
