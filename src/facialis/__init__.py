"""facialis measures facial twitching from ordinary video.

Importing this package loads no video, model or plotting library and has no side effect. The way through the
product is the way through the code: :mod:`facialis.measure` turns one recording into a session,
:mod:`facialis.report` turns a session into something to look at.
"""

from facialis.core.version import __version__

__all__ = ["__version__"]
