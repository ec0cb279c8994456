"""The command line: words and exit codes.

Results go to files or, with ``--json``, to standard output; progress and messages go to standard error.

Modules, in the order of the flow: serve, casebook, analyse, demo, phantom, person, course, reading, experiment, agree,
info, progress, options, faults.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from facialis.cli.casebook import any_person_folder, backup, casebook, doctor, person_folder, restore, serve
from facialis.cli.faults import guarded, keep_libraries_quiet, open_closed_streams, stop_on_signals
from facialis.cli.options import (
    Account,
    AsOf,
    Data,
    Debug,
    Detector,
    Factor,
    Folder,
    Force,
    Language,
    Level,
    Out,
    OutFile,
    Person,
    Quiet,
    ReportOut,
    Said,
)
from facialis.core.errors import SettingsError
from facialis.core.messages import said
from facialis.core.occasion import Told
from facialis.core.settings import EventSettings, FaceSettings, Settings
from facialis.core.version import __version__

__all__ = ["app", "main"]

RESULTS = Path("facialis-out")

app = typer.Typer(
    name="facialis",
    help="Measures hemifacial twitching from ordinary video, on this computer. Not a medical device.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(casebook)
for _command in (serve, backup, restore, doctor):
    app.command()(_command)


def main() -> None:
    """Run the command line; ends the process with one of the documented exit codes."""
    open_closed_streams()
    stop_on_signals()
    if "--debug" not in sys.argv:
        keep_libraries_quiet()
    app(prog_name="facialis")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"facialis {__version__}")
        raise typer.Exit


@app.callback()
def _facialis(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Measures hemifacial twitching from ordinary video, on this computer. Not a medical device."""


@app.command("analyse")
def _analyse(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", readable=False, help="Recordings of a face.")],
    out: Out = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON object a recording on standard output; files are then written only with --out.",
        ),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Recordings to measure at once.")] = 1,
    no_faces: Annotated[
        bool, typer.Option("--no-faces", help="Keep pictures of the face out of the report: only its outline moves.")
    ] = False,
    face: Annotated[
        str,
        typer.Option(
            metavar="largest|N", help="Which face: the largest steady one, or the Nth from the left of the picture."
        ),
    ] = "largest",
    blocks: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Parts of the recording (rest, speech …): a table with the columns block, start_s, stop_s.",
        ),
    ] = None,
    false_alarms: Annotated[
        float,
        typer.Option(metavar="RATE", help="Twitches a minute that noise alone may feign; fewer means less sensitive."),
    ] = EventSettings().false_alarms_per_min,
    day: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="DAY", help="The day it was filmed (2026-05-31).", show_default="what the film says"
        ),
    ] = None,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Left and right are swapped in the film, as in a mirror: swap them back.")
    ] = False,
    caught: Annotated[
        bool, typer.Option("--caught", help="It was filmed because the spasm was bad just then, not as planned.")
    ] = False,
    alone: Annotated[
        Said,
        typer.Option(metavar="yes|no|unknown", help="Nobody else was in the room: some movements show more then."),
    ] = "unknown",
    as_filmed: Annotated[
        Said,
        typer.Option(metavar="yes|no|unknown", help="The file is as the camera wrote it, not made smaller on its way."),
    ] = "unknown",
    clock: Annotated[
        str | None,
        typer.Option("--time", metavar="HH:MM", help="The time at which it was filmed.", show_default="none"),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            metavar="ZONE",
            help="Where it was filmed (Europe/Berlin, or +02:00): turns a moment in UTC into a day.",
            show_default="that of this computer",
        ),
    ] = None,
    lang: Language = "en",
    force: Force = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Measure recordings: twitches with side, region, time and size, and how small a twitch could be seen.

    Each recording gets the folder DIR/<name> with report.html, session.json, events.tsv, signals.parquet and clips/.
    What was finished before in the same way is skipped.
    """
    with guarded(debug=debug, lang=lang):
        from facialis.cli.analyse import ANSWERS, filmed_at, filmed_on
        from facialis.cli.analyse import analyse as run
        from facialis.files.blocks import read_blocks

        settings = Settings(
            face=FaceSettings(choice=_face(face)), events=EventSettings(false_alarms_per_min=false_alarms)
        )
        code = run(
            videos,
            out=out or (None if as_json else RESULTS),
            as_json=as_json,
            jobs=jobs,
            settings=settings,
            blocks=() if blocks is None else read_blocks(blocks),
            faces=not no_faces,
            told=Told(
                day=filmed_on(day),
                mirrored=mirrored,
                filmed="caught" if caught else "planned",
                alone=ANSWERS[alone],
                as_filmed=ANSWERS[as_filmed],
                time=filmed_at(clock),
                time_zone=time_zone,
            ),
            force=force,
            quiet=quiet,
            debug=debug,
        )
        raise typer.Exit(code)


def _face(text: str) -> Literal["largest"] | int:
    if text == "largest":
        return "largest"
    try:
        return int(text)
    except ValueError:
        raise SettingsError(**said("face_option", value=repr(text))) from None


@app.command("demo")
def _demo(
    out: Out = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open nothing, and make no casebook.")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="Throw away what the demo has made.")] = False,
    force: Force = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a recording of known truth, say what was found in it, and open the casebook of made-up people.

    The recording is a phantom: a rendered head, nobody's face, whose twitches are known exactly. The casebook shows
    somebody over a year, and the day of a clinician with whom six people share. It lies in DIR/demo-casebook, apart
    from your own, and stays open until Ctrl-C; where there is no screen it shows that its first page answers, and
    ends. A demo that is there already is shown, not made again.
    """
    with guarded(debug=debug):
        from facialis.cli.demo import clean as remove
        from facialis.cli.demo import demo as run

        if clean:
            raise typer.Exit(remove(out or RESULTS))
        raise typer.Exit(run(out or RESULTS, open_report=not no_open, force=force, quiet=quiet))


@app.command("phantom")
def _phantom(
    video: Annotated[Path, typer.Argument(metavar="OUT.mp4", help="The recording to make.")],
    spec: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the face does (YAML).", show_default="that of the demo"),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a recording of a rendered head whose movements are known, and OUT.events.tsv with its truth."""
    with guarded(debug=debug):
        from facialis.cli.phantom import phantom as run

        raise typer.Exit(run(video, spec=spec, force=force, quiet=quiet))


@app.command("person")
def _person(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make.")],
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a folder for one person: history, diary, treatments and questionnaires to be filled in.

    What is in the folder already is kept as it is.
    """
    with guarded(debug=debug, lang=lang):
        from facialis.cli.person import person as run

        raise typer.Exit(run(folder, code=lang, quiet=quiet))


@app.command("course")
def _course(
    folder: Folder = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    level: Level = 0.5,
    person: Person = "",
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say how it goes on: resolving, stable or worsening, as probabilities, from many recordings of one person.

    Treatments are left out of the natural course and judged on their own. What cannot be said is said not to be known.
    """
    with guarded(debug=debug, lang=lang), person_folder(folder, person, data, account) as where:
        from facialis.cli.course import course as run

        raise typer.Exit(run(where, as_of=as_of, level=level, as_json=as_json, quiet=quiet))


@app.command("guide")
def _guide(
    folder: Folder = None,
    as_of: AsOf = None,
    article: Annotated[
        str | None, typer.Option(metavar="NAME", help="Print an article of the library instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    person: Person = "",
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say who should look at it and how soon, with the rule that says so; what it resembles; what to read.

    It is no diagnosis.
    """
    with guarded(debug=debug, lang=lang), any_person_folder(folder, person, data, account) as where:
        from facialis.cli.course import guide as run

        raise typer.Exit(run(where, as_of=as_of, article=article, as_json=as_json, quiet=quiet))


@app.command("report")
def _report(
    folder: Folder = None,
    out: ReportOut = None,
    as_of: AsOf = None,
    level: Level = 0.5,
    no_faces: Annotated[bool, typer.Option("--no-faces", help="Keep pictures of the face out of it.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the report in a browser.")] = False,
    person: Person = "",
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the report of a person, two sheets for the visit (PDF), and tables of everything.

    An earlier report in the same place is replaced.
    """
    with guarded(debug=debug, lang=lang), person_folder(folder, person, data, account, whole=True) as where:
        from facialis.cli.course import report as run

        out = out or (RESULTS / where.name if person else None)
        raise typer.Exit(
            run(where, out=out, as_of=as_of, level=level, faces=not no_faces, open_report=not no_open, quiet=quiet)
        )


@app.command("experiment")
def _experiment(
    folder: Folder = None,
    factor: Factor = None,
    days: Annotated[int, typer.Option(metavar="N", min=10, max=400, help="How long the experiment lasts.")] = 42,
    design: Annotated[
        str, typer.Option(metavar="random|abab", help="Days drawn by lot in small blocks, or stretches in turn.")
    ] = "random",
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Draw the same days again.", show_default="another each time")
    ] = None,
    person: Person = "",
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Plan an honest experiment on oneself, or say what the one in the folder shows.

    The plan is FOLDER/experiment.csv: each day's condition, to be filled in with what was done and how strong the spasm
    was. Nothing is planned with medicines.
    """
    with guarded(debug=debug, lang=lang), person_folder(folder, person, data, account) as where:
        from facialis.cli.experiment import analyse, plan

        if factor is not None and person:
            raise SettingsError(**said("experiment_in_page"))
        made = analyse(where) if factor is None else plan(where, factor=factor, days=days, design=design, seed=seed)
        raise typer.Exit(made)


@app.command("agree")
def _agree(
    table: Annotated[Path, typer.Argument(metavar="RATINGS.tsv", help="Ratings, one row an answer.")],
    detector: Detector = None,
    out: OutFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say how far people agree who rated the same films, and how far facialis agrees with their mean."""
    with guarded(debug=debug, lang=lang):
        from facialis.cli.agree import agree as run

        raise typer.Exit(run(table, detector=detector or [], out=out, as_json=as_json, quiet=quiet))


@app.command("info")
def _info(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    debug: Debug = False,
) -> None:
    """Print versions, the model's checksum and where data lie: what a bug report needs."""
    with guarded(debug=debug):
        from facialis.cli.info import info as run

        raise typer.Exit(run(as_json=as_json))
