"""The runbook's commands that need no more than the demo run on it as they are written, with the answers that are written."""

import os
import re
import secrets
import shlex
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from demo.client.demo_internals import read_keys
from demo.client.running import Demo
from demo.processes import postgres_programs
from tests.support.commands import run_command

_ROOT = Path(__file__).parents[2]
_RUNBOOK = (_ROOT / "docs" / "operations.md").read_text()
_READS = [
    r'psql -c "SELECT .*"',
    r'psql -c "\\copy .*"',
    r"temporal workflow (?:list|count) --query .*",
    r"python -m activities\.evidence\.(?:figures|check)(?: --csv figures)?(?= +#| *$)",
]
# An operator's command, the address that is typed, and the answer. Nobody of the demo has objected to a recovery: how that is
# lifted is tested in `test_objection_journey.py`.
_OBJECTION = " Opposition levée."
_ORDERS = re.findall(
    r"^\$ docker compose run --rm --no-deps -T worker-recoveries (python -m activities\.upkeep\..*)\n(\S+@\S+)\n(.+)$",
    _RUNBOOK,
    re.MULTILINE,
)
_EVIDENCE = r"^\$ (python -m activities\.evidence\.(?:close|check|export|verify) .+)\n((?:[^$`].*\n)+)"
_WRITTEN = {"figures", "journal.csv", "preuve.zip"}


def _commands() -> list[str]:
    found = {command for each in _READS for command in re.findall(rf"^\$ ({each})", _RUNBOOK, re.MULTILINE)}
    return sorted(command for command in found if "$failed" not in command)


def _exports(demo: Demo) -> str:
    """Return the documented settings of the terminal, for a demo in another folder."""
    exports = re.findall(r"^\$ (export .*\.run/.*)$", _RUNBOOK, re.MULTILINE)
    assert len(exports) == 2
    state = os.fspath(demo.state)
    return "\n".join(exports).replace("$PWD/.run", state).replace("=.run", f"={state}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's folder, in which a command may write files."""
    for each in _ROOT.iterdir():
        if each.name not in _WRITTEN:
            (tmp_path / each.name).symlink_to(each)
    return tmp_path


def _run(demo: Demo, project: Path, command: str, typed: str = "", **settings: str) -> str:
    """Return what a command prints in the project's folder, in another terminal than the demo's.

    One of Python runs in this process, with the terminal's variables: `test_a_terminal_finds_python` starts one as it is typed.
    """
    if not command.startswith("python -m "):
        return _typed(demo, project, command, typed, **settings)
    exported = _typed(demo, project, "env -0", **settings).removesuffix("\0")
    variables = dict(each.split("=", 1) for each in exported.split("\0"))
    with chdir(project):
        done = run_command(*shlex.split(command)[2:], typed=typed, variables=variables, bare=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _typed(demo: Demo, project: Path, command: str, typed: str = "", **settings: str) -> str:
    """Return what a command prints that is typed in a terminal with the documented settings."""
    psql = postgres_programs.find(None, None)
    path = f"{psql}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "TEMPORAL_ADDRESS": demo.temporal, **settings}
    run = ["/bin/bash", "-euc", f"{_exports(demo)}\n{command}"]
    done = subprocess.run(
        run, cwd=project, env=environment, input=typed, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _without_numbers(answer: str) -> str:
    """Return an answer in which every number, hash and key is the same."""
    named = re.sub(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=", "KEY", re.sub(r"\b[0-9a-f]{64}\b", "HASH", answer))
    return re.sub(r"\d[\d\u202f]*", "N", named).replace("\u00a0", " ").strip()


def test_there_are_such_commands() -> None:
    """Of each kind."""
    assert len(_commands()) >= 8
    assert {command.split()[0] for command in _commands()} == {"psql", "temporal", "python"}
    assert len(_ORDERS) == 5


@pytest.mark.parametrize("command", _commands())
def test_the_command_runs(demo: Demo, project: Path, command: str) -> None:
    """One that changes nothing; a file or folder that it says to write is there."""
    _run(demo, project, command)
    assert [
        name for name in re.findall(r"(?:--csv |TO ')([\w.]+)", command) if not (project / name).exists()
    ] == []


def test_a_terminal_finds_python(demo: Demo, project: Path) -> None:
    """The documented settings lead to the program with our packages, which reads the demo's database."""
    assert "python -m activities.evidence.check" in _commands()
    assert "Journal intact." in _typed(demo, project, "python -m activities.evidence.check")


@pytest.mark.parametrize(("command", "typed", "answer"), _ORDERS)
def test_an_order_of_support_is_answered_as_written(
    demo: Demo, project: Path, command: str, typed: str, answer: str
) -> None:
    """Its address is read from the standard input; the numbers are the demo's."""
    pepper = read_keys(demo)["REASSORT_PEPPER"]
    told = _run(demo, project, command, f"{typed}\n", REASSORT_PEPPER=pepper)
    assert _without_numbers(told) == _without_numbers(answer.removesuffix(_OBJECTION))


def test_a_list_of_sign_ins_is_unlocked(demo: Demo, project: Path) -> None:
    """Those on the roll; the others are counted."""
    [(command, typed, _)] = [order for order in _ORDERS if "unlock_sign_in" in order[0]]
    assert "`--list` reads several identifiers, one a line" in _RUNBOOK
    pepper = read_keys(demo)["REASSORT_PEPPER"]
    told = _run(demo, project, f"{command} --list", f"{typed}\ninconnu@ac-demo.fr\n", REASSORT_PEPPER=pepper)
    assert told == "Connexions débloquées\u00a0: 1. Identifiants inconnus\u00a0: 1.\n"


def test_the_evidence_is_closed_exported_and_verified_as_written(demo: Demo, project: Path) -> None:
    """Each command after the other, with the head and the key that an earlier one has printed."""
    conversation = re.findall(_EVIDENCE, _RUNBOOK.partition("\n## Evidence\n")[2], re.MULTILINE)
    assert len(conversation) == 5
    key = secrets.token_hex(32)
    known: dict[str, str] = {}
    for command, answer in conversation:
        filled = re.sub(r"3:HASH|\bKEY\b", lambda found: known[found[0]], command)
        told = _run(demo, project, filled, REASSORT_EVIDENCE_KEY=key)
        assert _without_numbers(told) == _without_numbers(answer), command
        if "evidence.close" in command:
            known["3:HASH"] = told.split()[-1]
        if command.endswith("--public-key"):
            known["KEY"] = told.strip()
