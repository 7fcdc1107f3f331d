"""The mailing command prints an error in one line of French and ends with status 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.typography import faults
from tests.support.waiting import free_port

_ROOT = Path(__file__).parents[2]
_START = ("start", "--operator", "m.durand")


def run(election: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command without a Temporal server, and return how it ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "REASSORT_ELECTION": election,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    command = [sys.executable, "-m", "workflows.mailings.cli", *words]
    return subprocess.run(
        command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("election", "words", "reason"),
    [
        ("election/demo.toml", ("status",), "Aucun serveur Temporal ne répond"),
        ("election/2018.toml", _START, "n’envoie pas de liens"),
        ("election/2011.toml", _START, "closes depuis le 12/10"),
        ("election/none.toml", _START, "election/none.toml"),
    ],
    ids=["no Temporal", "not offered", "closed", "no election file"],
)
def test_an_error_is_one_line(election: str, words: tuple[str, ...], reason: str) -> None:
    """There is no traceback and no other output."""
    ended = run(election, *words)
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert reason in line
    assert ended.stdout == ""


def test_errors_follow_french_typography() -> None:
    """The line passes the checks."""
    lines = [run("election/demo.toml", "status").stderr, run("election/2018.toml", *_START).stderr]
    assert [fault for line in lines for fault in faults(line)] == []
