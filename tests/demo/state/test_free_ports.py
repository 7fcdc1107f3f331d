"""Ports that are drawn for servers stay theirs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.state.free_ports import draw_ports

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_DRAW = "import sys; from demo.state.free_ports import draw_ports; port = int(sys.argv[1])"
_HOLD = f"{_DRAW}; draw_ports(1, range(port, port + 1)); print('drawn', flush=True); input()"


def _process(port: int, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(port)],
        env={**os.environ, "TMPDIR": os.fspath(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_port_is_drawn_once() -> None:
    """Also where nothing listens yet: two demos of one process have other ports."""
    first, second = draw_ports(6), draw_ports(6)
    assert len({*first, *second}) == 12
    with pytest.raises(LookupError, match="fewer than 1"):
        draw_ports(1, range(first[0], first[0] + 1))


def test_no_other_process_draws_it_until_the_one_that_did_has_ended(tmp_path: Path) -> None:
    """Not even after `kill -9`, which runs no code that would give it back."""
    (port,) = draw_ports(1)
    with _process(port, tmp_path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "drawn\n"
        with _process(port, tmp_path) as second:
            _, error = second.communicate()
        assert "LookupError" in error
        first.kill()
    with _process(port, tmp_path) as third:
        out, _ = third.communicate("\n")
    assert out == "drawn\n"


@pytest.mark.skipif(not _EPHEMERAL.exists(), reason="only Linux says which ports the system gives")
def test_the_system_gives_none_of_them_by_itself() -> None:
    """Neither to a server that asks for port 0 nor to a connection."""
    first, last = (int(each) for each in _EPHEMERAL.read_text().split())
    if first < 1_024 + 12_000:
        pytest.skip("the system gives ports from so low on that no others are left")
    assert not {*draw_ports(20)} & {*range(first, last + 1)}
