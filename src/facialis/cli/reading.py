"""The library of articles in a terminal, and as the report of a person takes it up."""

from __future__ import annotations

import textwrap

from facialis.cli.faults import put
from facialis.core.answer import Answer
from facialis.core.errors import SettingsError
from facialis.report.person_page import Reading

__all__ = ["print_article", "print_articles", "questions_of", "reading_of"]

_WIDTH = 100  # chosen: characters of a line in a terminal; 72 - 120
