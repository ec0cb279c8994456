"""What went wrong, as programs are told: a code, and a sentence and advice in the language spoken."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from ninja.errors import ValidationError

from facialis.app.course.answers import NoAnswer
from facialis.core.errors import FacialisError
from facialis.core.knowledge import wording

__all__ = ["fault", "fault_of_error", "fault_of_status", "in_words", "invalid", "no_answer"]

_SOON_S = 5  # chosen: how long an answer takes to be worked out; 2 - 30
_CODES = {
    401: "not_logged_in",
    404: "not_found",
    405: "read_only",
    422: "not_understood",
    429: "too_many",
    503: "not_ready",
    507: "disk",
}


def fault(status: int, code: str, message: str, advice: str = "") -> HttpResponse:
    """One fault, as every route answers it."""
    return JsonResponse({"code": code, "message": message, "advice": advice}, status=status)


def fault_of_status(status: int, **values: Any) -> HttpResponse:
    """A fault that has no more to say than its status."""
    known = status if status in _CODES else 500
    return fault(status, _CODES.get(status, "fault"), wording(f"app_api_{known}", **values))


def fault_of_error(_request: HttpRequest, error: FacialisError) -> HttpResponse:
    """An error of the one tree, with its own status."""
    return fault(error.http_status, error.code or type(error).__name__, error.message, error.advice)


def no_answer(_request: HttpRequest, error: NoAnswer) -> HttpResponse:
    """There is no answer about a person now."""
    answer = fault(503, _CODES[503], error.message, error.advice)
    answer.headers["Retry-After"] = str(_SOON_S)
    return answer


def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was asked for cannot be understood: which part of it."""
    names = sorted({str(item["loc"][-1]) for item in error.errors if item.get("loc")})
    return fault_of_status(422, names=", ".join(names))


def in_words(answer: HttpResponseBase) -> HttpResponseBase:
    """An answer of somebody else (the gate, the disk, a fault) as programs are told it; what is well stays as it is."""
    if answer.status_code < 400 or answer.headers.get("Content-Type", "").startswith("application/json"):
        return answer
    made = fault_of_status(answer.status_code)
    for name in ("Allow", "Retry-After"):
        if name in answer.headers:
            made.headers[name] = answer.headers[name]
    answer.close()
    return made
