"""A demo that cannot start prints the reason in one line."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.client.running import Demo, free_ports

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
    "same folder": ("Another `make run` uses ", "set REASSORT_STATE_DIR to another folder."),
}


@pytest_asyncio.fixture(scope="session")
async def outputs(
    demo: Demo, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, tuple[int, str]]]:
    """Exit status and output of each failed start; all run concurrently."""
    directory = tmp_path_factory.mktemp("refusals")
    (directory / "wrong.toml").write_text(_WRONG_ELECTION, encoding="utf-8")
    (directory / "broken.toml").write_text("id = [", encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wrong = {
            "port taken": {"REASSORT_SMTP_PORT": str(taken.getsockname()[1])},
            "no such election": {"REASSORT_ELECTION": str(directory / "ailleurs.toml")},
            "wrong election": {"REASSORT_ELECTION": str(directory / "wrong.toml")},
            "no election at all": {"REASSORT_ELECTION": str(directory / "broken.toml")},
            "no port": {"REASSORT_WEB_PORT": "huit mille"},
            "same folder": {"REASSORT_STATE_DIR": str(demo.state)},
        }
        starts = (_start(directory / str(number), each) for number, each in enumerate(wrong.values()))
        yield dict(zip(wrong, await asyncio.gather(*starts), strict=True))


@pytest.mark.parametrize("fault", _EXPECTED)
async def test_a_failed_start_prints_what_to_change(outputs: dict[str, tuple[int, str]], fault: str) -> None:
    """The output is one line with the reason, and the status is 2."""
    status, output = outputs[fault]
    assert status == 2
    assert output.count("\n") == 1
    for words in _EXPECTED[fault]:
        assert words in output


async def _start(state: Path, wrong: dict[str, str]) -> tuple[int, str]:
    ports = {f"REASSORT_{name}": str(port) for name, port in free_ports().items()}
    supervisor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo"),
        cwd=_ROOT,
        env={**os.environ, **ports, "REASSORT_STATE_DIR": str(state), **wrong},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(supervisor.communicate(), 60)
    return supervisor.returncode or 0, output.decode()
