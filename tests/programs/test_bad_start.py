"""Programs that cannot start print the reason in one line and end with status 2."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from activities.security.signing_keys import new_pairs
from tests.support.commands import run_command
from tests.support.waiting import free_port

ROOT = Path(__file__).parents[2]
PROGRAMS = {"worker": ["worker.py"], "web": ["-m", "web"]}


def environment(**changes: str | None) -> dict[str, str]:
    """Return the variables that a program needs, with `changes`; None removes a variable."""
    whole: dict[str, str | None] = {
        "PATH": os.environ["PATH"],
        "REASSORT_ELECTION": "election/demo.toml",
        "REASSORT_MASTER_KEY": secrets.token_hex(32),
        "REASSORT_LINK_KEY": secrets.token_hex(32),
        "REASSORT_PEPPER": secrets.token_hex(32),
        "REASSORT_FORM_KEY": secrets.token_hex(32),
        **new_pairs(),
        "REASSORT_SMTP_HOST": "127.0.0.1",
        "REASSORT_SMPP_HOST": "127.0.0.1",
        "REASSORT_SMPP_SYSTEM_ID": "reassort",
        "REASSORT_SMPP_PASSWORD": "fiction",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def start(program: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return how a program ended."""
    command = [sys.executable, *PROGRAMS[program]]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False
    )


def _ends_with_the_reason(ended: "subprocess.CompletedProcess[str]", reason: str) -> None:
    assert ended.returncode == 2, ended.stderr
    assert reason in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("program", "changes", "reason"),
    [
        ("worker", {"REASSORT_MASTER_KEY": None}, "REASSORT_MASTER_KEY"),
        ("web", {"REASSORT_LINK_KEY": "too short"}, "REASSORT_LINK_KEY"),
        (
            "worker",
            {"REASSORT_SMPP_HOST": None},
            "REASSORT_SMPP_HOST is not set, which REASSORT_SMPP_SYSTEM_ID needs",
        ),
        ("worker", {"REASSORT_ELECTION": "election/none.toml"}, "election/none.toml"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(program: str, changes: dict[str, str | None], reason: str) -> None:
    """The last line has the reason, there is no traceback, and the status is 2."""
    variables = environment(REASSORT_DATABASE_URL="postgresql+psycopg:///roll", **changes)
    _ends_with_the_reason(run_command(program, variables=variables, bare=True), reason)


@pytest.mark.parametrize(
    ("program", "changes", "reason"),
    [
        (
            "web",
            {"REASSORT_DATABASE_URL": "postgresql+psycopg://web@/roll?host=/nowhere"},
            "activities.store.migrate",
        ),
        ("worker", {}, "No Temporal server answers"),
        ("web", {}, "No Temporal server answers"),
    ],
)
def test_a_process_that_cannot_start_prints_one_line(
    program: str, changes: dict[str, str | None], reason: str, database_url: str
) -> None:
    """In the same way, when what it needs does not answer."""
    ended = start(program, environment(**{"REASSORT_DATABASE_URL": database_url, **changes}))
    _ends_with_the_reason(ended, reason)
