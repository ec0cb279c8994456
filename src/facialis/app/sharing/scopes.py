"""What belongs to each part that can be shared: one table of addresses. An address that is not in it is the owner's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from facialis.app.sharing.models import ENTRIES

__all__ = ["ANY", "SCOPES", "WRITES"]

ANY = ""
"""Whoever is shared anything with: what stands there is only what is shared."""
_RECORDINGS, _COURSE, _DIARY, _QUESTIONNAIRES = "recordings", "course", "diary", "questionnaires"

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "person": ANY,
        "shared_person": ANY,
        "recordings": _RECORDINGS,
        "side_by_side": _RECORDINGS,
        "recording": _RECORDINGS,
        "progress": _RECORDINGS,
        "film": _RECORDINGS,
        "copy": _RECORDINGS,
        "copy_progress": _RECORDINGS,
        "times": _RECORDINGS,
        "signals": _RECORDINGS,
        "clip": _RECORDINGS,
        "loops": _RECORDINGS,
        "loop": _RECORDINGS,
        "result_file": _RECORDINGS,
        "recording_comments": _RECORDINGS,
        # How it goes on cannot be read without what was done and when it began: treatments, history and guide are part
        # of the course. What was written in the diary and in questionnaires is left out of it unless it is shared too.
        "course": _COURSE,
        "up_to_date": _COURSE,
        "treatments": _COURSE,
        "history": _COURSE,
        "guide": _COURSE,
        "diary": _DIARY,
        "questionnaires": _QUESTIONNAIRES,
        "enter_treatment": ENTRIES,
        # The same for programs.
        "api_person": ANY,
        "api_recordings": _RECORDINGS,
        "api_recording": _RECORDINGS,
        "api_session": _RECORDINGS,
        "api_events": _RECORDINGS,
        "api_answer": _COURSE,
        "api_guidance": _COURSE,
        "api_treatments": _COURSE,
        "api_history": _COURSE,
        "api_diary": _DIARY,
        "api_questionnaires": _QUESTIONNAIRES,
    }
)
"""Addresses of a person that a clinician may look at, by what has to be shared for it."""

WRITES: Mapping[str, str] = MappingProxyType(
    {
        "issue_sheet": _COURSE,
        "enter_treatment": ENTRIES,
        "loops": _RECORDINGS,  # it makes pictures of what they may see, and changes nothing
        # What was removed by the owner, who alone may do that to others' comments, is not here.
        **dict.fromkeys(("recording_comments", "edit_comment", "delete_comment", "put_comment_back"), _RECORDINGS),
        **dict.fromkeys(("read_comment", "resolve_comment", "reopen_comment", "report_comment"), _RECORDINGS),
    }
)
"""Deeds of a clinician at addresses of a person, by what has to be shared for them: their own, and what is entered."""
