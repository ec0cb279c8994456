"""Which addresses this computer has in the local network; asked of its own system, so that nothing is sent."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
from pathlib import Path

__all__ = ["CHOSEN", "lan_addresses"]

CHOSEN = "FACIALIS_PHONE_ADDRESS"
"""Environment variable: the address for phones, where the computer's own choice is not the one that they reach."""

_ROUTES = Path("/proc/net/route")
_ASK_LINUX, _ASK_BSD = 0x8915, 0xC0206921  # SIOCGIFADDR: <linux/sockios.h>, and <sys/sockio.h> of macOS
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598: between a provider and its customers, and in some VPNs


def lan_addresses() -> list[str]:
    """The IPv4 addresses by which others in the local network reach this computer, the most likely one first.

    Returns
    -------
    list
        Private addresses alone (RFC 1918): a computer that stands open in the internet gets no second listener. The
        one of the interface that leads out comes first. Empty where there is no network.
    """
    if chosen := os.environ.get(CHOSEN, ""):
        return [chosen]
    if sys.platform == "win32":
        return []
    default = _default_interface()
    found = {name: address for _, name in socket.if_nameindex() if (address := _address(name)) and _is_local(address)}
    return sorted(dict.fromkeys(found.values()), key=lambda address: address != found.get(default))


def _is_local(address: str) -> bool:
    one = ipaddress.ip_address(address)
    return one.is_private and not (one.is_loopback or one.is_link_local or one.is_unspecified or one in _SHARED)


def _default_interface() -> str:
    """The interface that leads out, by the system's own table of routes; empty where it does not say."""
    try:
        rows = [line.split() for line in _ROUTES.read_text(encoding="ascii", errors="replace").splitlines()[1:]]
    except OSError:
        return ""
    # Interface, destination, gateway, flags, …, metric; a destination of zero is everything.
    out = [(int(row[6]), row[0]) for row in rows if len(row) > 7 and row[1] == "00000000" and row[6].isdecimal()]
    return min(out)[1] if out else ""


def _address(interface: str) -> str:
    """The IPv4 address of an interface, empty where it has none."""
    import fcntl

    asked = _ASK_LINUX if sys.platform == "linux" else _ASK_BSD
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            told = fcntl.ioctl(asking.fileno(), asked, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return ""
    return socket.inet_ntoa(told[20:24])
