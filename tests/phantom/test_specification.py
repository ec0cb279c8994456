"""Specifications of phantoms: what is wrong is named with its line, and what comes with facialis works."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.core.errors import FormatError
from facialis.phantom.acts import Blink, Expression, HeadMotion
from facialis.phantom.contractions import PATTERNS, Contraction, Train
from facialis.phantom.recording import Camera, PhantomSpec, truth
from facialis.phantom.specification import parse_spec, read_spec, shipped_spec

GOOD = """\
name: try
duration_s: 12
frame_rate_hz: 60
seed: 7
identity: {person: woman_a, tone: brown}
camera: {width_px: 320, height_px: 240, crf: 30, codec: mpeg4}
acts:
  - {act: blink, onset_s: 1, asynchrony_ms: 10}
  - act: train
    side: left
    onset_s: 2
    duration_s: 0.15
    pulses: 3
    spacing_s: 0.3
    amplitude_iod: [0.01, 0.05]
    regions: {orbicularis_oculi: 1, zygomaticus: 0.5}
  - {act: contraction, side: right, onset_s: 4, duration_s: 1.5, amplitude_share: 0.5, profile: tonic, regions: mouth}
  - {act: expression, expression: smile, onset_s: 7, duration_s: 2}
  - {act: head_motion, motion: walk, onset_s: 0, duration_s: 12, yaw_deg: 1}
"""


def test_a_specification_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "try.yaml"
    path.write_text(GOOD)
    spec = read_spec(path)
    assert (spec.name, spec.frames, spec.seed, spec.identity.person) == ("try", 720, 7, "woman_a")
    assert spec.camera == Camera(width_px=320, height_px=240, crf=30, codec="mpeg4")
    blink, train, held, smile, sway = spec.acts
    assert blink == Blink(onset_s=1, asynchrony_ms=10)
    assert train == Train(
        side="left",
        onset_s=2,
        duration_s=0.15,
        pulses=3,
        spacing_s=0.3,
        amplitude_iod=(0.01, 0.05),
        regions=(("orbicularis_oculi", 1.0), ("zygomaticus", 0.5)),
    )
    assert held == Contraction(
        side="right", onset_s=4, duration_s=1.5, amplitude_share=0.5, profile="tonic", regions=PATTERNS["mouth"]
    )
    assert smile == Expression(expression="smile", onset_s=7, duration_s=2)
    assert sway == HeadMotion(motion="walk", onset_s=0, duration_s=12, yaw_deg=1)


@pytest.mark.parametrize(
    ("line", "wrong", "says", "advises"),
    [
        (2, "duration_s: -3", "duration_s is -3", "above 0"),
        (2, "duration_s: soon", "duration_s is 'soon'", "a number"),
        (2, "duration_s: .nan", "duration_s is nan", "a number"),
        (2, "length: 3", "'length' is not known", "duration_s"),
        (3, "frame_rate_hz: 1000", "frame_rate_hz is 1000", "240"),
        (5, "identity: {person: me}", "person is 'me'", "man_a"),
        (6, "camera: {width_px: 321}", "width_px is 321", "even"),
        (6, "camera: {width_px: 320.5}", "width_px is 320.5", "whole number"),
        (6, "camera: {codec: gif}", "codec is 'gif'", "libx264"),
        (6, "camera: 3", "Names with values", "name: value"),
        (8, "  - {act: dance, onset_s: 1}", "act is 'dance'", "contraction"),
        (8, "  - {onset_s: 1}", "does not say which", "blink"),
        (8, "  - {act: blink}", "onset_s is missing", "onset_s"),
        (8, "  - {act: blink, onset_s: 1, onset_s: 2}", "said twice", "once"),
        (10, "    side: top", "side is 'top'", "left or right"),
        (13, "    pulses: 0", "pulses is 0", "between 1"),
        (15, "    amplitude_iod: [0.01, 0.02, 0.03]", "amplitude_iod is", "two numbers"),
        (16, "    regions: nose", "regions is 'nose'", "orbicularis_oculi"),
        (16, "    regions: {nose: 1}", "regions is", "orbicularis_oculi"),
        (16, "    colour: {orbicularis_oculi: ", "not valid YAML", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_line(line: int, wrong: str, says: str, advises: str) -> None:
    lines = GOOD.splitlines()
    lines[line - 1] = wrong
    with pytest.raises(FormatError) as caught:
        parse_spec("\n".join(lines), "try.yaml", "try")
    assert says in caught.value.message
    assert advises in caught.value.advice
    assert caught.value.message.startswith("try.yaml, line ")
    if "YAML" not in says:
        assert f"line {line}:" in caught.value.message


def test_an_empty_specification_is_a_quiet_face() -> None:
    assert parse_spec("", "x.yaml", "x") == PhantomSpec(name="x")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.yaml", "b.yaml", "."):
        with pytest.raises(FormatError):
            read_spec(tmp_path / name)


def test_brackets_without_end_and_names_of_themselves_are_refused() -> None:
    for text in ("[" * 5000, "{a: " * 5000, "acts: &a [*a]", "identity: &a {person: *a}", "camera: &a [*a]"):
        with pytest.raises(FormatError):
            parse_spec(text, "x.yaml", "x")


@pytest.mark.parametrize("name", ["demo", "quiet", "myokymia"])
def test_what_comes_with_facialis_has_a_truth(name: str) -> None:
    spec = replace(shipped_spec(name), camera=Camera(width_px=96, height_px=96))
    kinds = {event.trial_type for event in truth(spec)}
    assert (
        kinds
        == {
            "demo": {"twitch", "tonic_spasm", "blink", "expression"},
            "quiet": {"blink"},
            "myokymia": {"blink", "myokymia"},
        }[name]
    )


def test_the_head_is_small_and_carries_its_licence() -> None:
    folder = resources.files("facialis") / "data" / "head"
    sizes = {entry.name: len(entry.read_bytes()) for entry in folder.iterdir()}
    assert set(sizes) == {"LICENSE.md", "eye.jpg", "head.npz", "skin.jpg"}
    assert sum(sizes.values()) < 3_000_000
    assert "CC0 1.0 Universal" in (folder / "LICENSE.md").read_text(encoding="utf-8")


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["acts", "act", "camera", "identity", "onset_s", "duration_s", "side", "blink", "regions"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(junk=_JUNK)
def test_junk_is_refused_and_never_breaks(junk: object) -> None:
    import yaml

    try:
        parse_spec(yaml.safe_dump(junk), "junk.yaml", "junk")
    except FormatError as error:
        assert "junk.yaml" in error.message


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_spec(text, "junk.yaml", "junk")
    except FormatError as error:
        assert "junk.yaml" in error.message


def test_the_demo_holds_what_it_promises() -> None:
    spec = shipped_spec("demo")
    kinds = [type(act).__name__ for act in spec.acts]
    assert kinds.count("Blink") >= 5
    assert {"Train", "Contraction", "Expression", "Speech", "HeadMotion", "Gaze"} <= set(kinds)
    assert (spec.duration_s, spec.frame_rate_hz) == (30, 30)
    contractions = [act for act in spec.acts if isinstance(act, Contraction)]
    assert {act.side for act in contractions} == {"left"}
    assert any(act.profile == "tonic" and act.duration_s >= 2 for act in contractions)
    others = [act for act in spec.acts if isinstance(act, Blink | Expression)]
    inside = {type(o).__name__ for c in contractions for o in others if o.onset_s < c.apex_s < o.onset_s + o.duration_s}
    assert inside == {"Blink", "Expression"}
