"""A demo that cannot start prints the reason in one line."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from demo.client.running import Demo, free_ports
from tests.support.commands import run_command

_ROOT = Path(__file__).parents[2]
_WRONG_ELECTION = (
    (_ROOT / "election" / "demo.toml").read_text(encoding="utf-8").replace("max_sends = 8", "max_sends = 0")
)
_EXPECTED = {
    "port taken": ("Port ", "is taken by another program: free it, or set REASSORT_SMTP_PORT to another port."),
    "no such election": ("ailleurs.toml: cannot be read",),
    "wrong election": ("wrong.toml: key `delivery.max_sends`:",),
    "no election at all": ("broken.toml: is not a TOML file",),
    "no port": ("REASSORT_WEB_PORT:",),
}


@pytest.mark.parametrize("fault", _EXPECTED)
def test_a_failed_start_prints_what_to_change(tmp_path: Path, fault: str) -> None:
    """The output is one line with the reason, and the status is 2."""
    (tmp_path / "wrong.toml").write_text(_WRONG_ELECTION, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("id = [", encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wrong = {
            "port taken": {"REASSORT_SMTP_PORT": str(taken.getsockname()[1])},
            "no such election": {"REASSORT_ELECTION": str(tmp_path / "ailleurs.toml")},
            "wrong election": {"REASSORT_ELECTION": str(tmp_path / "wrong.toml")},
            "no election at all": {"REASSORT_ELECTION": str(tmp_path / "broken.toml")},
            "no port": {"REASSORT_WEB_PORT": "huit mille"},
        }
        started = run_command("demo", variables=_settings(tmp_path / "state") | wrong[fault])
    _assert_refused(started.returncode, started.stdout + started.stderr, *_EXPECTED[fault])


async def test_a_folder_has_one_demo(demo: Demo) -> None:
    """A second process with the state of one that runs ends in the same way, and the first works on."""
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo"),
        cwd=_ROOT,
        env={**os.environ, **_settings(demo.state)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(second.communicate(), 60)
    words = ("Another `make run` uses ", "set REASSORT_STATE_DIR to another folder.")
    _assert_refused(second.returncode, output.decode(), *words)
    assert demo.is_healthy()


def _settings(state: Path) -> dict[str, str]:
    ports = {f"REASSORT_{name}": str(port) for name, port in free_ports().items()}
    return {**ports, "REASSORT_STATE_DIR": str(state)}


def _assert_refused(status: int | None, output: str, *expected: str) -> None:
    assert status == 2
    assert output.count("\n") == 1
    for words in expected:
        assert words in output
