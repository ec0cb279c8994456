"""Small loops over numbers, compiled to machine code when first called: NumPy costs more per call than they do.

The code is kept in Python's own cache beside the module, or in the user's, so that only the very first recording waits
for it. Where neither can be written, or what was kept is damaged, it is compiled again: a cache never stops anything.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled", "undisturbed"]

Function = TypeVar("Function", bound=Callable[..., object])

# Sums are taken in the order in which they are written, and no product is joined to a sum. A function that others call
# exists twice, alone and inside its caller, and the process that compiles runs one, those that load the other: given
# any freedom, the compiler uses it otherwise in each. What would be slow in order is written in lanes.
_OPTIONS: dict[str, Any] = {"fastmath": False, "error_model": "numpy", "nogil": True}


class _Kept:
    """A cache of machine code that is as good as empty where it cannot be read, and forgets where it cannot write.

    What was compiled with other options is not found in it.
    """

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        usual, options = cache._index_key, repr(sorted(_OPTIONS.items()))
        cache._index_key = lambda signature, codegen: (usual(signature, codegen), options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, context: Any) -> Any:
        """What was kept, None if nothing was or it is damaged."""
        try:
            return self._cache.load_overload(signature, context)
        except Exception:  # noqa: BLE001 - cut off, of another kind, not allowed: none of it matters
            with suppress(Exception):
                self._cache.flush()
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        """Keeps it if there is room."""
        with suppress(Exception):
            self._cache.save_overload(signature, data)


def compiled(function: Function) -> Function:
    """The same function of arrays and numbers, as machine code.

    It may call such functions and use constants of its own file only: what is kept is made anew when that file changes,
    and not when this one does. Arrays are not checked: types, shapes and bounds are the caller's to see to.
    Compiled, loaded, or without a cache it gives the same bits: sums are taken in the order in which they are written.
    """
    try:
        made = numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # nowhere to keep it
        return cast(Function, numba.njit(**_OPTIONS)(function))
    if hasattr(made, "_cache"):  # the library has no way of its own to go on without
        made._cache = _Kept(made._cache)
    return cast(Function, made)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Puts off what asks this process to stop until the end of the block: the compiler would swallow it.

    It calls back into Python from where an exception cannot pass. Only the main thread can and need do that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    mine = [number for number, handler in before.items() if callable(handler)]
    for number in mine:
        signal.signal(number, lambda got, _frame: came.append(got))
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])
    if came:
        signal.raise_signal(came[0])
