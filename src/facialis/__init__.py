"""facialis measures facial twitching from ordinary video.

Importing this package loads no video, model or plotting library and has no side effect. The way through the
product is the way through the code: :mod:`facialis.measure` turns one recording into a session,
:mod:`facialis.report` turns a session into something to look at.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
