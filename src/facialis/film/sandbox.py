"""The bounds that the decoding process puts round itself, and its tie to the process that started it.

POSIX only: the limits are those of ``setrlimit``.
"""

from __future__ import annotations

import os
import resource
import select
import threading
from typing import Final

__all__ = ["DECODERS", "allow_cpu", "confine", "cores", "end_with"]

_WATCH_MS: Final = 1000  # chosen: how often to look whether the parent has been replaced; 0.2 - 5 s

DECODERS: Final = (
    "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4,"
    "msmpeg4v1,msmpeg4v2,h263,h263p,flv,vp6,vp6f,vp6a,mjpeg,mjpegb,gif,ffv1,prores,dnxhd,dvvideo,rawvideo,huffyuv,"
    "ffvhuff,utvideo,theora,wmv1,wmv2,wmv3,vc1,png,qtrle,svq1,svq3,cinepak,jpeg2000"
)
"""What cameras, phones, browsers and research archives use; other decoders of the library are never reached."""


def confine(memory_bytes: int) -> None:
    """Bound this process's address space; let it write no file and no core dump."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, memory_bytes)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def allow_cpu(budget_s: float) -> None:
    """Let this process use ``budget_s`` more seconds of processor time before the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime + budget_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with(parent: int) -> None:
    """End this process when its parent is gone, even if the decoder hangs and never comes back to Python.

    The sign is that standard input, a pipe from the parent, was hung up; or, where another process has inherited the
    other end of that pipe, that this process was given another parent.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    poll = select.poll()
    poll.register(0, 0)  # no event but the hang-up, which is always reported
    while os.getppid() == parent:
        if poll.poll(_WATCH_MS):
            break
    os._exit(0)
