"""The casebook's addresses for programs, asked with whatever their description allows and much that it does not."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

__all__ = ["Fuzzed", "fuzz"]

_FAULT = {"code", "message", "advice"}
_METHODS = ("get", "get", "get", "post", "put", "patch", "delete", "head", "options", "trace")


@dataclass
class Fuzzed:
    """What came of it: how often each status, by address; and every answer that should not be."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many questions."""
        return sum(count.total() for count in self.statuses.values())


def fuzz(word: str, known: Mapping[str, int], examples: int) -> Fuzzed:
    """Ask every address that the description names.

    Parameters
    ----------
    word
        A key.
    known
        By the beginning of an address, the number of something that is there: half of the questions are about it.
    examples
        How many questions for each address.
    """
    import schemathesis
    from django.test import Client
    from schemathesis import GenerationMode

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    held = {"Authorization": f"Bearer {word}"}
    told = client.get("/api/openapi.json", headers=held).json()
    schema = schemathesis.openapi.from_dict(told)
    found = Fuzzed()

    def ask_all(path: str) -> None:
        operation = schema[path]["get"]
        strategy = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
        noun = path.split("/")[2]

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=strategy, there=st.booleans(), method=st.sampled_from(_METHODS), keyed=st.integers(0, 9))
        def ask(case: Any, there: bool, method: str, keyed: int) -> None:
            if there and "pk" in case.path_parameters:
                case.path_parameters["pk"] = known[noun]
            query = _query(case.query)
            given_headers = {name: str(value) for name, value in (case.headers or {}).items()}
            headers = {name: value for name, value in given_headers.items() if _is_header(name, value)}
            answer = client.generic(
                method.upper(),
                _path(path, case.path_parameters),
                QUERY_STRING=query,
                headers={**headers, **(held if keyed else {"Authorization": "Bearer no"})},
            )
            content = b"".join(answer) if answer.streaming else answer.content
            found.statuses.setdefault(path, Counter())[answer.status_code] += 1
            why = _wrong(method, answer.status_code, answer.headers.get("Content-Type", ""), content, bool(keyed))
            if why:
                asked = f"{method.upper()} {path} {case.path_parameters} ?{query}"
                found.wrong.append(f"{asked}: {answer.status_code}, {why}")

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask()

    for path in told["paths"]:
        ask_all(path)
    return found


def _wrong(method: str, status: int, kind: str, content: bytes, keyed: bool) -> str:
    if status >= 500:
        return "a fault"
    if status < 400 and not (keyed and method in ("get", "head")):
        return "not refused"
    if status >= 400 and method != "head":
        try:
            told = json.loads(content)
        except ValueError:
            told = None
        if not kind.startswith("application/json") or not isinstance(told, dict) or set(told) != _FAULT:
            return f"not told as a fault: {kind} {content[:80]!r}"
    return ""


def _path(path: str, values: Mapping[str, Any]) -> str:
    from urllib.parse import quote

    for name, value in (values or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path


def _query(values: Any) -> str:
    from urllib.parse import urlencode

    return urlencode(values or {}, doseq=True, errors="replace")


def _is_header(name: str, value: str) -> bool:
    return name.isascii() and value.isascii() and name.isprintable() and value.isprintable()
