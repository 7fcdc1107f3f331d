"""The runbook's commands that only read run on the demo as they are written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from demo.client.running import Demo
from demo.processes import postgres_programs

_ROOT = Path(__file__).parents[2]
_RUNBOOK = (_ROOT / "docs" / "operations.md").read_text()
_READS = [
    r'psql -c "SELECT .*"',
    r"temporal workflow (?:list|count) --query .*",
    r"python -m activities\.evidence\.(?:figures|check)(?= +#| *$)",
]


def _commands() -> list[str]:
    found = {command for each in _READS for command in re.findall(rf"^\$ ({each})", _RUNBOOK, re.MULTILINE)}
    return sorted(command for command in found if "$failed" not in command)


def _exports(demo: Demo) -> str:
    """Return the documented settings of the terminal, for a demo in another folder."""
    exports = re.findall(r"^\$ (export .*\.run/.*)$", _RUNBOOK, re.MULTILINE)
    assert len(exports) == 2
    state = os.fspath(demo.state)
    return "\n".join(exports).replace("$PWD/.run", state).replace("=.run", f"={state}")


def test_there_are_such_commands() -> None:
    """Of each kind."""
    assert len(_commands()) >= 6
    assert {command.split()[0] for command in _commands()} == {"psql", "temporal", "python"}


@pytest.mark.parametrize("command", _commands())
def test_the_command_runs(demo: Demo, command: str) -> None:
    """In the project's folder, in another terminal than the demo's."""
    psql = postgres_programs.find(None, None)
    environment = {"PATH": f"{psql}{os.pathsep}{os.environ['PATH']}", "TEMPORAL_ADDRESS": demo.temporal}
    script = f"{_exports(demo)}\n{command}"
    run = ["/bin/bash", "-euc", script]
    done = subprocess.run(run, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
