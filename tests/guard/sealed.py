"""Runs a command in which making an internet socket is death: ``python sealed.py COMMAND ARGUMENT…``.

The kernel (seccomp) kills the process, and any child of it, at the first ``socket(AF_INET…)``, whichever library
makes it. So a run that ends well has not even tried. Linux on x86-64 and arm64.
"""

import ctypes
import os
import platform
import socket
import struct
import sys

# (number of the socket system call, AUDIT_ARCH value): linux/audit.h and asm/unistd.h of each machine.
_MACHINES = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2  # linux/prctl.h
_ALLOW, _KILL_PROCESS = 0x7FFF0000, 0x80000000  # linux/seccomp.h
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06  # linux/bpf_common.h
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # struct seccomp_data


def possible() -> bool:
    return sys.platform == "linux" and platform.machine() in _MACHINES


def seal() -> None:
    number, arch = _MACHINES[platform.machine()]
    program = [
        (_LOAD_WORD, 0, 0, _ARCH_AT),
        (_JUMP_EQUAL, 0, 5, arch),  # another architecture: allow
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
        (_JUMP_EQUAL, 0, 3, number),
        (_LOAD_WORD, 0, 0, _FIRST_ARGUMENT_AT),
        (_JUMP_EQUAL, 2, 0, int(socket.AF_INET)),
        (_JUMP_EQUAL, 1, 0, int(socket.AF_INET6)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in program))
    filter_program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(filter_program), 0, 0),
    ):
        if libc.prctl(*[ctypes.c_ulong(value) for value in arguments]) != 0:
            raise OSError(ctypes.get_errno(), "prctl refused")


if __name__ == "__main__":
    seal()
    os.execvp(sys.argv[1], sys.argv[1:])
