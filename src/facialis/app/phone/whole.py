"""A film that comes whole, in a form of several parts, from a phone whose browser runs no script."""

from __future__ import annotations

import io
from datetime import date
from email.message import Message
from typing import Any, cast

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from facialis.app.phone.deeds import begin_film, correct_film, give_up_film, take_film_piece
from facialis.app.phone.forms import PhoneForm
from facialis.app.phone.models import PhoneLink
from facialis.app.phone.pieces import Reading
from facialis.core.errors import FacialisError
from facialis.core.knowledge import wording

__all__ = ["take_whole"]

_CHUNK_BYTES = 4_000_000  # chosen: each is written to the disk for good before the next; 1 - 16 MB


def take_whole(link: PhoneLink, headers: Message, body: Reading) -> tuple[PhoneForm, int] | None:
    """Take a form with the film in it.

    Parameters
    ----------
    link
        By which it comes. What had come by it before is thrown away.
    headers
        Those of the request: ``Content-Type`` and ``Content-Length``.
    body
        The form.

    Returns
    -------
    None if the film has become a recording; else the form to show again, with what is wrong, and a status.

    Raises
    ------
    OSError
        The phone has gone. Nothing of the film is left.
    """
    give_up_film(link)
    straight = _Straight(link, int(headers["Content-Length"]))
    about = {"CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": headers["Content-Length"]}
    try:
        told, _ = MultiPartParser(about, cast(Any, body), [straight]).parse()
        form = PhoneForm(told)
        if straight.error is not None:
            form.add_error(None, str(straight.error))
            return form, straight.error.http_status
        if not straight.here:
            form.add_error(None, wording("app_phone_none_chosen"))
        if not form.is_valid():
            give_up_film(link)
            return form, 422
        here = straight.here
        correct_film(link, form.told | {"size_bytes": here})
        take_film_piece(link, here, io.BytesIO())
    except FacialisError as error:
        form.add_error(None, str(error))
        return form, error.http_status
    except MultiPartParserError:
        give_up_film(link)
        form = PhoneForm({})
        form.add_error(None, wording("app_phone_broken_off"))
        return form, 400
    except BaseException:
        give_up_film(link)
        raise
    return None


class _Straight(FileUploadHandler):
    """Puts a film straight where it belongs, chunk by chunk: never into the system's folder for temporary files."""

    chunk_size = _CHUNK_BYTES

    def __init__(self, link: PhoneLink, most: int) -> None:
        super().__init__()
        self.link, self.most, self.here = link, most, 0
        self.error: FacialisError | None = None

    def new_file(self, field_name: str, file_name: str, *more: Any, **others: Any) -> None:
        """Announce it; what is told of it may stand behind it in the form."""
        super().new_file(field_name, file_name, *more, **others)
        if self.link.upload is not None:
            raise StopUpload(connection_reset=True)
        today = date.today()  # noqa: DTZ011 - until the form says which
        told = {"day": today, "filmed": "planned", "mirrored": None, "as_filmed": "unknown", "shown_name": file_name}
        try:
            begin_film(self.link, told | {"size_bytes": self.most})
        except FacialisError as error:
            self._refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Put a chunk behind what is here."""
        try:
            take_film_piece(self.link, start, io.BytesIO(raw_data))
            self.here = start + len(raw_data)
        except FacialisError as error:
            self._refuse(error)

    def file_complete(self, file_size: int) -> None:
        """Nothing that Django should keep: the film is where it belongs."""

    def _refuse(self, error: FacialisError) -> None:
        self.error = error
        raise StopUpload(connection_reset=True)
