"""The mailing command prints an error in one line of French and ends with status 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.typography import faults
from tests.support.waiting import free_port

_ROOT = Path(__file__).parents[2]
_MODULE = "workflows.mailings.cli"
_START = ("start", "--operator", "m.durand")


def _variables(election: str) -> dict[str, str]:
    """Return the environment of a command without a Temporal server."""
    return {
        "PATH": os.environ["PATH"],
        "REASSORT_ELECTION": str(_ROOT / "election" / election),
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }


def _line_of(ended: "subprocess.CompletedProcess[str]") -> str:
    """Return the one line of a command that has failed."""
    assert ended.returncode == 2, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert ended.stdout == ""
    return line


@pytest.mark.parametrize(
    ("election", "reason"),
    [("2018.toml", "n’envoie pas de liens"), ("2011.toml", "closes depuis le 12/10"), ("none.toml", "none.toml")],
    ids=["not offered", "closed", "no election file"],
)
def test_an_error_is_one_line(election: str, reason: str) -> None:
    """There is no traceback and no other output."""
    assert reason in _line_of(run_command(_MODULE, *_START, variables=_variables(election), bare=True))


def test_errors_follow_french_typography() -> None:
    """The line passes the checks."""
    assert faults(_line_of(run_command(_MODULE, *_START, variables=_variables("2018.toml"), bare=True))) == []


def test_without_temporal_the_error_is_one_line() -> None:
    """As a process, which ends although the SDK's threads run."""
    command = [sys.executable, "-m", _MODULE, "status"]
    ended = subprocess.run(
        command, cwd=_ROOT, env=_variables("demo.toml"), capture_output=True, text=True, timeout=60, check=False
    )
    line = _line_of(ended)
    assert "Aucun serveur Temporal ne répond" in line
    assert faults(line) == []
