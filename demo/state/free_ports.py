"""Ports for servers that start later and may start again: nothing else takes one until the process that drew it ends."""

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

# Where Linux says which ports it gives to `bind` with port 0 and to outgoing connections. Without the file: macOS's.
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_OF_MACOS = 49152
_USUAL = 32768
_SPAN, _PRIVILEGED = 12_000, 1024
_drawn: set[int] = set()


def draw_ports(count: int, among: range | None = None) -> list[int]:
    """Return ports of this machine on which nothing listens, and which no other process draws until this one ends.

    They are below those that the system gives by itself: neither a server on port 0 nor a connection can have one.

    Raises:
        LookupError: so many are not free.
    """
    ports: list[int] = []
    span = among or _below_ephemeral()
    for port in random.sample(span, len(span)):
        if len(ports) == count:
            break
        if _draw(port):
            ports.append(port)
    if len(ports) < count:
        raise LookupError(f"fewer than {count} free ports among {span}")
    return ports


def _below_ephemeral() -> range:
    first = int(_EPHEMERAL.read_text(encoding="ascii").split()[0]) if _EPHEMERAL.exists() else _FIRST_OF_MACOS
    if first < _PRIVILEGED + _SPAN:
        first = _USUAL  # the system gives nearly every port: the lock alone must do
    return range(first - _SPAN, first)


def _draw(port: int) -> bool:
    if port in _drawn:
        return False
    try:
        fcntl.lockf(_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    _drawn.add(port)
    return True


@cache
def _locks() -> int:
    # A byte for each port: the system frees the locks of a process that ends, however it ends. Never closed, since closing
    # any descriptor of the file would free them all.
    file = Path(tempfile.gettempdir()) / f"reassort-ports-{os.getuid()}"
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
