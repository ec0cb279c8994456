"""A text as a code that a camera reads (QR, ISO/IEC 18004)."""

from __future__ import annotations

import io

import segno

__all__ = ["code_svg"]


def code_svg(text: str, *, scale: int = 8) -> str:
    """The code as SVG, black on white in light and dark pages alike: many cameras read nothing else.

    Parameters
    ----------
    text
        At most some hundred characters: more make a code that a phone does not read from a screen.
    scale
        Pixels of one module.

    Returns
    -------
    str
        A whole SVG document with a quiet zone of four modules, as the standard asks.
    """
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=scale, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True
    )
    return out.getvalue().decode("utf-8")
