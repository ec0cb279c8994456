"""Every address for programs: what it tells, in which form, and which faults there can be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Annotated, Any, TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError

from facialis.app.api import films, people, shapes, tables
from facialis.app.api.door import PREFIX
from facialis.app.api.faults import fault_of_error, fault_of_status, invalid, no_answer
from facialis.app.course.answers import NoAnswer, answer_about
from facialis.app.people.access import account_of, person_of
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import result_reader
from facialis.app.sharing.access import guest_of
from facialis.app.sharing.limited import limited
from facialis.core.errors import FacialisError
from facialis.core.person.answer import Answer
from facialis.core.version import __version__
from facialis.report.person.answers import course_object, guidance_object

__all__ = [
    "API",
    "ROUTES",
    "api_patterns",
    "description",
    "list_people",
    "list_questionnaires",
    "list_recordings",
    "list_treatments",
    "show_answer",
    "show_diary",
    "show_events",
    "show_guidance",
    "show_history",
    "show_person",
    "show_recording",
    "show_session",
]

View = TypeVar("View", bound=Callable[..., Any])

API = NinjaAPI(
    title="facialis casebook",
    version=__version__,
    description="What the pages of a casebook show, read only. Unknown is null: never no, and never zero.",
    docs_url=None,
    openapi_url="",
    openapi_extra={"security": [{"key": []}]},
)
Limit = Annotated[int, Query(ge=1, le=200, description="how many at once")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="how many to pass over")]

_HANDLERS: dict[type[Exception], Any] = {
    FacialisError: fault_of_error,
    NoAnswer: no_answer,
    ValidationError: invalid,
    Http404: lambda _request, _error: fault_of_status(404),
}
for _kind, _handler in _HANDLERS.items():
    API.add_exception_handler(_kind, _handler)

_FAULTS: dict[int, Any] = dict.fromkeys((401, 404, 405, 422, 429, 503, 507), shapes.FaultShape)


def _get(path_: str, name: str, shape: Any) -> Callable[[View], View]:
    return API.get(path_, url_name=name, operation_id=name, response={200: shape, **_FAULTS})


def _file(path_: str, name: str, mime: str, schema: dict[str, str]) -> Callable[[View], View]:
    told = {"responses": {200: {"description": "OK", "content": {mime: {"schema": schema}}}}}
    return API.get(path_, url_name=name, operation_id=name, response=_FAULTS, openapi_extra=told)


@_get("people", "api_people", shapes.PeopleShape)
def list_people(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> shapes.PeopleShape:
    """Whom one may see, by name."""
    return people.people_of(request, limit, offset)


@_get("people/{int:pk}", "api_person", shapes.PersonShape)
def show_person(request: HttpRequest, pk: int) -> shapes.PersonShape:
    """One person, and what of them one may see."""
    return people.person_shape(account_of(request), person_of(request, pk))


def _answer(request: HttpRequest, pk: int) -> Answer:
    return limited(guest_of(request), answer_about(person_of(request, pk)))


@_get("people/{int:pk}/answer", "api_answer", dict[str, Any])
def show_answer(request: HttpRequest, pk: int) -> dict[str, Any]:
    """How it goes on: the object of ``facialis course --json``."""
    return course_object(_answer(request, pk))


@_get("people/{int:pk}/guidance", "api_guidance", dict[str, Any])
def show_guidance(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Who should look at it and how soon: the object of ``facialis guide --json``."""
    return guidance_object(_answer(request, pk))


@_get("people/{int:pk}/treatments", "api_treatments", shapes.TreatmentsShape)
def list_treatments(request: HttpRequest, pk: int) -> shapes.TreatmentsShape:
    """All treatments of a person."""
    return tables.treatments_of(person_of(request, pk))


@_get("people/{int:pk}/history", "api_history", shapes.HistoryShape)
def show_history(request: HttpRequest, pk: int) -> shapes.HistoryShape:
    """What was answered of the history."""
    return tables.history_of(person_of(request, pk))


@_get("people/{int:pk}/diary", "api_diary", shapes.DiaryShape)
def show_diary(request: HttpRequest, pk: int, since: date | None = None) -> shapes.DiaryShape:
    """The diary of a person."""
    return tables.diary_of(person_of(request, pk), since)


@_get("people/{int:pk}/questionnaires", "api_questionnaires", shapes.QuestionnairesShape)
def list_questionnaires(request: HttpRequest, pk: int) -> shapes.QuestionnairesShape:
    """All questionnaires that were filled in, with their scores."""
    return tables.questionnaires_of(person_of(request, pk))


@_get("people/{int:pk}/recordings", "api_recordings", shapes.RecordingsShape)
def list_recordings(request: HttpRequest, pk: int, limit: Limit = 50, offset: Offset = 0) -> shapes.RecordingsShape:
    """All recordings of a person, the latest first."""
    return films.recordings_of(person_of(request, pk), limit, offset)


def _recording(request: HttpRequest, pk: int) -> Recording:
    return get_object_or_404(Recording.objects.visible_to(request.user).select_related("job"), pk=pk)


@_get("recordings/{int:pk}", "api_recording", shapes.WholeRecordingShape)
def show_recording(request: HttpRequest, pk: int) -> shapes.WholeRecordingShape:
    """One recording with its measures and events."""
    return films.whole_recording(_recording(request, pk))


@_file("recordings/{int:pk}/session.json", "api_session", "application/json", {"type": "object"})
def show_session(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The result of a recording, as ``facialis analyse`` writes it."""
    return _result(request, pk, "session.json", "application/json")


@_file("recordings/{int:pk}/events.tsv", "api_events", "text/tab-separated-values", {"type": "string"})
def show_events(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The events of a recording as a table, as ``facialis analyse`` writes it."""
    return _result(request, pk, "events.tsv", "text/tab-separated-values")


def _result(request: HttpRequest, pk: int, name: str, mime: str) -> HttpResponseBase:
    recording = _recording(request, pk)
    if not (recording.result / name).is_file():
        raise Http404
    return FileResponse(result_reader(recording, name), content_type=mime)


def description(_request: HttpRequest) -> HttpResponse:
    """All of it for programs: OpenAPI."""
    return HttpResponse(_description(), content_type="application/json")


@cache
def _description() -> str:
    told = API.get_openapi_schema(path_prefix=f"/{PREFIX}")
    told["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return json.dumps(told)


def _named() -> list[URLPattern]:
    """Addresses as Django knows them, each with its name; without those of pages that load from elsewhere."""
    return [
        path(f"{PREFIX}{found.pattern}", found.callback, name=found.name)
        for found in API.urls[0]
        if isinstance(found, URLPattern) and (found.name or "").startswith("api_")
    ]


ROUTES = tuple(
    (f"/{PREFIX}{route}", operation.url_name or "")
    for route, view in API.default_router.path_operations.items()
    for operation in view.operations
)
"""Each address with its name, in the order in which they are told."""
api_patterns = [path(f"{PREFIX}openapi.json", description, name="api_openapi"), *_named()]
