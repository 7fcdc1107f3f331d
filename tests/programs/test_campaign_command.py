"""The operator's command over a campaign, as a program: what cannot be done is one line in French, with status 2."""

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
    """Return how the command ended, where nobody listens for Temporal."""
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
    ("election", "words", "told"),
    [
        ("election/default.toml", ("status",), "Aucun serveur Temporal ne répond"),
        ("election/2018.toml", _START, "n’envoie pas de liens"),
        ("election/2011.toml", _START, "closes depuis le 12/10"),
        ("election/none.toml", _START, "election/none.toml"),
    ],
    ids=["no Temporal", "not offered", "closed", "no election file"],
)
def test_what_is_wrong_is_one_line(election: str, words: tuple[str, ...], told: str) -> None:
    """No stack is shown, nothing is done."""
    ended = run(election, *words)
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert told in line
    assert ended.stdout == ""


def test_the_line_is_set_as_french_is() -> None:
    """An operator's screen is read as a voter's."""
    lines = [run("election/default.toml", "status").stderr, run("election/2018.toml", *_START).stderr]
    assert [fault for line in lines for fault in faults(line)] == []
