"""The page is whole in itself, says what it must, escapes what it is given, and can be read by everyone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from facialis.core.knowledge import references, sentences, wording
from facialis.core.records import Block, Finding, Measure
from facialis.report.session.clips import make_clips
from facialis.report.session.page import render_page
from tests.report import factory

VOID = {"meta", "link", "input", "img", "br", "hr"}


class Reader(HTMLParser):
    """Takes a page apart and notices tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] not in ("style", "script"):
            self.words.append(data)

    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(made: factory.Made, *, faces: bool = False) -> str:
    source = factory.Pictures(times_s=made.motion.time_s) if faces else factory.Forbidden()
    clips = make_clips(made.session, made.motion, made.track, source, faces=faces)
    return render_page(made.session, made.motion, made.track, clips, faces=faces)


CASES: dict[str, Callable[[], factory.Made]] = {
    "twitches": factory.make,
    "no events": lambda: factory.make(duration_s=40.0, twitches=(), tonic=(), blinks=(), gaps=()),
    "only blinks": lambda: factory.make(duration_s=40.0, twitches=(), tonic=(), gaps=()),
    "no usable time": factory.empty,
    "one side": lambda: factory.make(duration_s=40.0, unmeasurable_sides=("right",)),
    "both sides, short": lambda: factory.make(
        duration_s=12.0, twitches=((2.0, "left", 0.02), (5.0, "right", 0.01)), gaps=()
    ),
    "blocks": lambda: factory.make(
        duration_s=60.0, blocks=(Block(name="rest", start_s=0, stop_s=30), Block(name="pucker", start_s=30, stop_s=60))
    ),
}


@pytest.fixture(scope="module", params=sorted(CASES))
def page(request: pytest.FixtureRequest) -> str:
    return page_of(CASES[request.param]())


@pytest.fixture(scope="module")
def filmed() -> str:
    made = factory.make(duration_s=12.0, gaps=())
    return page_of(made, faces=True)


def test_emergency_and_not_a_diagnosis_come_before_any_number(page: str) -> None:
    text = Reader(page).text()
    result = text.index(wording("result_title"), text.index(wording("disclaimer_title")))
    for part in ("title", "stroke", "brain", "seizure", "toxin", "surgery"):
        assert text.index(wording(f"emergency_{part}")) < result
    assert text.index(wording("disclaimer")) < result
    before = re.sub(r"<sup.*?</sup>", "", page[page.index("<body>") : page.index('id="result"')])
    assert not re.search(
        r"\d", Reader(before.removesuffix("<section ").split("<main>")[0] + "</body>").text().replace("mp4", "")
    )
    assert "A quiet recording is not a cure" in text


def test_nothing_is_asked_from_elsewhere(page: str) -> None:
    whole = Reader(page)
    policy = [tag["content"] for tag in whole.all("meta") if tag.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in policy[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "connect-src" not in rules
    names = {tag for tag, _ in whole.tags}
    assert not names & {"link", "iframe", "object", "embed", "base", "form", "img", "video", "source", "foreignobject"}
    for tag, attributes in whole.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "xlink:href", "action", "srcset", "data"):
                assert value.startswith("#"), (tag, name, value)
            if name == "style":
                assert "url(" not in value
    assert "@import" not in page
    assert all(address.startswith("data:image/") for address in re.findall(r"url\(\s*[\"']?([^)]*)", page))


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page: str) -> None:
    whole = Reader(page)
    ids = [attributes["id"] for _, attributes in whole.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for attributes in whole.all("a")}
    targets |= {attributes[name] for _, attributes in whole.tags for name in ("aria-labelledby",) if name in attributes}
    assert targets <= set(ids)
    assert whole.all("html") == [{"lang": "en"}]
    assert len(whole.all("h1")) == 1
    assert all(
        attributes.get("aria-label") and attributes.get("role") in ("img", "group") for attributes in whole.all("svg")
    )
    assert all(attributes.get("scope") in ("row", "col") for attributes in whole.all("th"))
    assert len(whole.all("caption")) == len(whole.all("table"))
    assert all(attributes.get("aria-label") for attributes in whole.all("input"))


def test_every_medical_statement_shows_its_source(page: str) -> None:
    text = Reader(page).text()
    for key in ("emergency_stroke", "emergency_toxin", "word_babinski", "word_doctor"):
        for source in sentences()[key]["references"]:
            assert references()[source]["title"] in text


def test_verdict_counts_sides_and_limit() -> None:
    text = Reader(page_of(factory.make())).text()
    assert "In 59 s that could be used, 17 one-sided twitches of the left side were seen." in text
    assert "At rest that is 17 a minute; the true rate probably lies between" in text
    assert "1 held spasm lasted a second or longer (left side)." in text
    assert "moved the skin by 0.47 % of the distance between the eyes (about 0.3 mm in an adult)" in text


def test_each_event_stands_once_in_the_tables() -> None:
    made = factory.make()
    rows = [a["id"] for a in Reader(page_of(made)).all("tr") if a.get("id", "").startswith("event-")]
    assert sorted(rows) == sorted(f"event-{n + 1}" for n in range(len(made.session.events)))


def test_names_are_escaped() -> None:
    evil = "\"><script>alert('x')</script><img src=//x.y>&.mp4"
    made = factory.make(duration_s=12.0, name=evil, blocks=(Block(name=evil, start_s=0, stop_s=12),))
    session = replace(
        made.session,
        findings=(Finding(code=evil, severity="serious", share=0.5),),
        measures=(
            Measure(name=evil, value=evil, unit=evil, block=evil),
            Measure(name="n", value=None, unit="", why_not=evil),
        ),
        events=tuple(replace(e, regions=(evil,), detector=evil) for e in made.session.events),
    )
    whole = Reader(page_of(replace(made, session=session)))
    assert len(whole.all("script")) == 1
    assert whole.all("img") == []
    assert evil in "".join(whole.words)


def test_films_are_shown_with_their_factor(filmed: str) -> None:
    assert "url(data:image/jpeg;base64,/9j/" in filmed
    assert re.search(r"motion × \d+", Reader(filmed).text())
    assert len(filmed) < 3_000_000


def test_without_faces_no_picture_gets_in() -> None:
    made = factory.make(duration_s=12.0)
    clips = make_clips(made.session, made.motion, made.track, factory.Pictures(times_s=made.motion.time_s))
    page = render_page(made.session, made.motion, made.track, clips, faces=False)
    assert "image/jpeg" not in page
    assert "data:" not in page.split("</head>")[0].replace("img-src data:", "")
    assert "image/png" in page_of(made)


def test_not_measurable_is_said_and_never_zero() -> None:
    text = Reader(page_of(factory.empty())).text()
    assert wording("verdict_no_usable") in text
    assert "No twitch was seen" not in text
    one = Reader(page_of(factory.make(duration_s=40.0, unmeasurable_sides=("right",)))).text()
    assert wording("verdict_side_missing", side="right") in one
    assert "not measurable: the brows were hidden" in one


def test_an_hour_stays_small_and_the_same_twice() -> None:
    made = factory.make(duration_s=3600.0, rate_hz=10.0)
    once, again = (render_page(made.session, made.motion, made.track, (), faces=False) for _ in range(2))
    assert once == again
    assert len(once) < 1_000_000
    assert len(made.session.events) > 700
    assert wording("events_cut", count=566) in Reader(once).text()


def test_many_twitches_are_folded() -> None:
    many = tuple((1.0 + 0.4 * n, "left", 0.01 + 0.0001 * n) for n in range(90))
    text = Reader(page_of(factory.make(duration_s=45.0, twitches=many, tonic=(), blinks=()))).text()
    assert wording("events_more", count=87) in text


@pytest.mark.parametrize("dark", [False, True])
def test_colours_can_be_read(dark: bool) -> None:
    style = page_of(factory.empty()).split("<style>")[1].split("</style>")[0]
    blocks = re.findall(r":root\{([^}]*)\}", style)
    colours = dict(re.findall(r"--([\w-]+):(#\w+)", blocks[0]))
    if dark:
        colours |= dict(re.findall(r"--([\w-]+):(#\w+)", blocks[1]))

    def luminance(name: str) -> float:
        digits = colours[name][1:]
        if len(digits) == 3:
            digits = "".join(c * 2 for c in digits)
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a: str, b: str) -> float:
        low, high = sorted((luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)

    texts = [("ink", "card"), ("ink", "ground"), ("soft", "card"), ("soft", "ground"), ("link", "card")]
    texts += [("right", "card"), ("left", "card"), ("alarm", "alarm-ground"), ("ink", "alarm-ground")]
    texts += [("ink", "care-ground"), ("soft", "care-ground"), ("link", "alarm-ground"), ("soft", "lost")]
    texts += [("spot-ink", shade) for shade in ("good", "fair", "poor")]
    for pair in texts:
        assert contrast(*pair) >= 4.5, pair  # WCAG 2.2, 1.4.3
    for mark in ("twitch", "tonic", "myokymia", "blink", "expression", "unclear"):
        assert contrast(mark, "card") >= 3.0, mark  # WCAG 2.2, 1.4.11


def test_motion_rests_unless_asked_for_and_print_has_its_style() -> None:
    style = page_of(factory.empty()).split("<style>")[1].split("</style>")[0]
    assert "animation-play-state:paused" in style
    hover = style.index(".play:hover")
    assert style.rindex("@media", 0, hover) == style.index("@media (prefers-reduced-motion:no-preference)")
    assert "@page{size:A4" in style


def test_no_certainty_is_whole_and_that_of_an_unclear_movement_is_explained() -> None:
    made = factory.make(duration_s=12.0, gaps=())
    events = tuple(replace(event, probability=1.0) for event in made.session.events)
    odd = replace(events[0], trial_type="unclear", probability=0.0)
    text = Reader(page_of(replace(made, session=replace(made.session, events=(odd, *events[1:]))))).text()
    assert "100 %" not in text
    assert "> 99 %" in text
    assert f"< 1 % {wording('certainty_unclear')}" in text
    assert "how sure it is that it was no twitch" in text


def test_a_size_that_no_lid_can_have_is_nowhere() -> None:
    made = factory.make(duration_s=40.0, twitches=(), tonic=(), blinks=())
    limits = tuple(replace(row, limit_iod=0.41) for row in made.session.limits)
    text = Reader(page_of(replace(made, session=replace(made.session, limits=limits)))).text()
    assert "26 mm" not in text
    assert "41 %" not in text
    assert wording("facts_unmeasured") in text
    assert "even movements that anybody would notice could have been missed" in text


def test_the_finding_that_leads_is_not_said_twice_above() -> None:
    made = factory.make(duration_s=40.0, findings=(Finding(code="too_far", severity="serious", share=1.0),))
    page = page_of(made)
    result = page[page.index('id="result"') : page.index("timeline-title")]
    assert result.count(wording("advice_too_far").replace("'", "&#39;")) == 1


def test_the_emergency_text_is_a_line_that_unfolds_by_itself_where_an_eye_may_not_close() -> None:
    made = factory.make(duration_s=12.0, gaps=())
    aside = page_of(made).split('<aside class="emergency"')[1].split("</aside>")[0]
    assert aside.count("<details>") == 1
    for part in ("stroke", "brain", "seizure", "toxin", "surgery"):
        assert wording(f"emergency_{part}") in Reader(f'<aside class="emergency"{aside}</aside>').text()

    def with_closure(low: float, high: float) -> str:
        row = Measure(
            name="closure_difference",
            value=(low + high) / 2,
            unit="share",
            low=low,
            high=high,
            probability=0.9,
            interval_kind="t",
        )
        return page_of(replace(made, session=replace(made.session, measures=(*made.session.measures, row))))

    assert "<details open>" in with_closure(0.4, 0.9)
    assert "<details open>" in with_closure(-0.9, -0.4)
    assert "<details open>" not in with_closure(-0.1, 0.9)


def test_three_twitches_are_shown_and_the_others_are_folded() -> None:
    page = page_of(factory.make())
    table = page.split('id="events-title"')[1].split("<details>")[0]
    assert table.count('<tr id="event-') == 3
    assert 'addEventListener("hashchange"' in page, "a link to a folded one unfolds it"
    assert page.index('class="chart strip wide"') < page.index('id="timeline-title"'), (
        "the one picture stands by the answer"
    )
