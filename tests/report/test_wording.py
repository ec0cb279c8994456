"""The sentences: each has its sources, none claims what facialis may not claim."""

from __future__ import annotations

import re
from pathlib import Path

import facialis
from facialis.core.knowledge import references, sentences

ROWS = sentences()


def test_each_sentence_has_a_source_that_exists() -> None:
    known = set(references())
    for key, row in ROWS.items():
        assert set(row) == {"text", "references"}, key
        assert row["text"].strip(), key
        assert row["references"], key
        assert set(row["references"]) <= known, key


# The two fixed sentences that may say the word, and only to say that there is no sign of it: it is what people ask.
_NO_HEALING = ("course_verdict_worsening", "course_verdict_stable")


def test_no_claim_of_diagnosis_cure_or_dose() -> None:
    for key, row in ROWS.items():
        text = row["text"].lower()
        if key.startswith("treatment_toxin_"):  # says again what was entered, in the units of its product
            text = text.replace("units", "")
        if key in _NO_HEALING:
            assert text.startswith("no sign of healing"), key
            text = text.replace("no sign of healing", "")
        assert not re.search(r"\bcured|\bheal(s|ed|ing)?\b|\bdos(e|es|age)\b|\bunits\b", text), key
        for match in re.finditer(r"diagnos\w*|\bcure\b", text):
            before = text[max(0, match.start() - 12) : match.start()]
            assert re.search(r"\bnot\b", before), (key, match.group())


def test_sentences_are_short_and_plain() -> None:
    # chosen: 30 words is long for a reader of 12; lists of emergency signs are broken by commas
    for key, row in ROWS.items():
        for sentence in re.split(r"[.;:!?]\s", row["text"]):
            assert len(sentence.split()) <= 32, (key, sentence)


def test_sources_say_what_they_are_and_their_identifiers_look_right() -> None:
    for key, row in references().items():
        assert row["title"].strip(), key
        if "doi" in row:
            assert re.fullmatch(r"10\.\d{4,5}/\S+", str(row["doi"])), key
        if "url" in row:
            assert str(row["url"]).startswith("https://"), key
        if "pmid" in row:
            assert re.fullmatch(r"\d{7,8}", str(row["pmid"])), key


def test_sources_are_cited_somewhere() -> None:
    data = Path(facialis.__file__).parent / "data"
    texts = [path.read_text(encoding="utf-8") for path in data.rglob("*.yaml") if path.name != "references.yaml"]
    code = [path.read_text(encoding="utf-8") for path in data.parent.rglob("*.py")]
    for key in references():
        assert any(re.search(rf"\b{re.escape(key)}\b", text) for text in texts + code), key


# Made from a key of data or code: the word before the last underscore, and what fills in the rest.
_MADE = (
    "app_practice_row",
    "app_practice_why",
    "app_practice_lane",
    "agree_name",
    "agree_number",
    "agree_whose",
    "agree_why",
    "app_alone",
    "app_answer",
    "app_api",
    "app_api_route",
    "app_backup",
    "app_bundle",
    "app_bundle_file",
    "app_bundle_films",
    "app_bundle_lasts",
    "app_bundle_recordings",
    "app_check",
    "app_clinic_choice",
    "app_clinic_new",
    "app_clinic_order",
    "app_clinic_urgency",
    "app_column",
    "app_comment_do",
    "app_comment_why",
    "app_letter",
    "app_film_alone",
    "app_film_block",
    "app_film_do",
    "app_film_filmed",
    "app_film_first",
    "app_film_pause",
    "app_film_protocol",
    "app_deed",
    "app_filmed",
    "app_history",
    "app_key",
    "app_rate_field",
    "app_kind",
    "app_phone_as_filmed",
    "app_phone_camera",
    "app_phone_mirrored",
    "app_site",
    "app_stretch",
    "app_tour",
    "app_treatment",
    "app_unit",
    "app_upload",
    "advice",
    "doctor",
    "alarm",
    "block",
    "contradiction",
    "course_blocked",
    "course_next_recording",
    "course_odds",
    "course_size",
    "course_remission",
    "course_verdict",
    "emergency",
    "error_refused",
    "error_system",
    "face",
    "finding",
    "kind",
    "line",
    "measure",
    "often",
    "part",
    "past",
    "pattern",
    "person_read_me",
    "questionnaire",
    "source_read",
    "region",
    "severity",
    "sheet",
    "side",
    "span",
    "stage",
    "table",
    "treatment_effect",
    "treatment_stage",
    "treatment_trajectory",
    "trigger_experiment",
    "trigger_known",
    "trigger_refused",
    "visit_article",
    "visit_lag",
    "visit_named",
    "visit_number",
    "visit_region",
    "visit_side",
    "visit_treatment",
    "visit_urgency",
    "why",
    "word",
    "app_issued",
    "app_scope",
    "app_share_days",
)


def test_each_sentence_is_said_somewhere() -> None:
    package = Path(facialis.__file__).parent
    said = "".join(
        path.read_text(encoding="utf-8")
        for path in package.rglob("*")
        if path.suffix in {".py", ".html", ".typ"} or (path.suffix == ".yaml" and "wording" not in path.name)
    )
    words = set(re.findall(r"\w+", said))
    for key in ROWS:
        error = key.removeprefix("error_").removesuffix("_advice")
        assert key in words or error in words or key.startswith(tuple(f"{part}_" for part in _MADE)), (
            f"{key} is never said"
        )
