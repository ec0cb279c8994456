"""``person.yaml`` with other answers in it: only what was changed is written anew, and all remarks stay."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from facialis.core.errors import FormatError
from facialis.core.messages import clause, said

__all__ = ["Answer", "answers_as_written", "with_answers"]

Answer = str | tuple[str, ...]
"""An answer as it stands in the file; ``""`` or ``()``: the question is open."""

_FILE = "person.yaml"


def answers_as_written(text: str) -> dict[str, Answer]:
    """What stands behind each key, as it was written; a list as its parts. Empty where the text is no list of keys."""
    found: dict[str, Answer] = {}
    for key, value in _pairs(text):
        if isinstance(value, yaml.ScalarNode):
            found[key.value] = str(value.value)
        elif isinstance(value, yaml.SequenceNode):
            found[key.value] = tuple(str(part.value) for part in value.value if isinstance(part, yaml.ScalarNode))
    return found


def with_answers(text: str, answers: Mapping[str, Answer]) -> str:
    r"""The text with these answers; an empty one leaves the question open.

    The answer of a key that is there stands in its place; a key that is not is added at the end. The rest of the text
    stays as it is, with its line ends.

    Raises
    ------
    FormatError
        The text is no list of keys and answers.

    Examples
    --------
    >>> with_answers("# mine\nside:  # which?\n", {"side": "left"})
    '# mine\nside: left  # which?\n'
    """
    places: dict[str, tuple[int, int]] = {}
    for key, value in _pairs(text):
        begin = text.index(":", key.end_mark.index) + 1
        # An alias names what stands elsewhere; a node that is empty ends where it begins.
        end = max(begin, _end_of(value)) if value.start_mark.index >= begin else text.find("\n", begin)
        places[key.value] = (begin, begin + len(text[begin : end if end >= 0 else len(text)].rstrip()))
    line_end = "\r\n" if "\r\n" in text else "\n"
    for name in sorted((name for name in answers if name in places), key=lambda name: -places[name][0]):
        begin, end = places[name]
        text = text[:begin] + _written(answers[name]) + text[end:]
    for name in answers:
        if name not in places and answers[name]:
            text += (
                "" if not text or text.endswith("\n") else line_end
            ) + f"{name}:{_written(answers[name])}{line_end}"
    return text


def _pairs(text: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FormatError(**said("person_not_yaml", place=_FILE, why=clause("person_yaml_why"))) from error
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise FormatError(**said("person_no_list", name=_FILE))
    return [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _end_of(node: yaml.Node) -> int:
    """Where the last thing of a node ends: a block's own mark lies behind the remarks that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _written(answer: Answer) -> str:
    """An answer behind its colon; what YAML would take for something else than text and numbers is quoted."""
    if isinstance(answer, tuple):
        return f" [{', '.join(_quoted(part) for part in answer)}]" if answer else ""
    return f" {_quoted(answer)}" if answer else ""


def _quoted(word: str) -> str:
    if word and all(c.isalnum() or c in " -_./" for c in word) and word[0].isalnum() and word == word.strip():
        return word
    return "'" + word.replace("'", "''") + "'"
