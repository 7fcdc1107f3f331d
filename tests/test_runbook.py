"""The commands of the documents are extracted, and those run that can run here; of the others the parts are compared."""

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own
from sqlalchemy import text

from activities.store.database import Database
from tests.support.commands import run_command
from workflows.contracts import search_attributes

_ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_CONTINUED = re.compile(r"\\\n\s*")
_QUERY_WORDS = {"AND", "STARTS_WITH", "is", "not", "null", "Running", "ExecutionStatus", "WorkflowId", "StartTime"}
_TEMPORAL_S = _QUERY_WORDS | {"TemporalReportedProblems", "CloseTime"}


def _commands() -> list[str]:
    """Return each command of README and docs/, on one line where it is continued."""
    documents = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
    blocks = [block for document in documents for block in _BLOCK.findall(document.read_text())]
    return [
        command
        for block in blocks
        for command in re.findall(
            r"^\$ (.*(?:\n(?:  \*\)|    (?:echo|--)).*)*)", _CONTINUED.sub("", block), re.MULTILINE
        )
    ]


_COMMANDS = _commands()


def _ours() -> set[tuple[str, tuple[str, ...]]]:
    """Return each program of ours that a command starts, with its subcommand and options."""
    found = set()
    for command in _COMMANDS:
        for program in re.findall(r"python (?:-m ([\w.]+)|worker\.py)([^\n|>#&]*)", command):
            words = [word for word in shlex.split(program[1]) if word.startswith("--") or word.isidentifier()]
            found.add((program[0] or "worker", tuple(words)))
    return found


@cache
def _help(module: str, *subcommand: str) -> str:
    asked = run_command(module, *subcommand, "--help")
    assert asked.returncode == 0, f"{module}: {asked.stderr}"
    return asked.stdout


def _takes_arguments(module: str) -> bool:
    path = _ROOT / module.replace(".", "/")
    source = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    return "argparse" in source.read_text() or "command_line" in source.read_text()


def test_commands_are_found() -> None:
    """The extraction reads the documents: an empty list would let every other test here pass."""
    assert len(_COMMANDS) > 50
    assert len(_ours()) > 20


def test_a_shell_reads_each_command() -> None:
    """Its quotes, loops and substitutions are complete."""
    for command in _COMMANDS:
        read = subprocess.run(["/bin/bash", "-n", "-c", command], capture_output=True, text=True, check=False)
        assert read.returncode == 0, f"{command}: {read.stderr}"


@pytest.mark.parametrize(("module", "words"), sorted(_ours()))
def test_our_programs_know_the_options(module: str, words: tuple[str, ...]) -> None:
    """Each option of a command is in the help of its program, or of its subcommand."""
    options = {word for word in words if word.startswith("--")}
    if not options and not _takes_arguments(module):
        return
    known = _help(module)
    choices = re.search(r"\{([\w,-]+)\}", known)
    subcommand = [word for word in words[:1] if choices and word in choices[1].split(",") and "..." in known]
    known = _help(module, *subcommand)
    assert {option for option in options if option not in known} == set()


def test_compose_has_the_services() -> None:
    """Those that a command of `docker compose` names."""
    services = set(yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["services"])
    valued = r"(?: -(?:e \S+|v \S+|T)| --(?:rm|no-deps|detach|wait|scale \S+|user \"[^\"]*\"))*"
    named = {
        name
        for command in _COMMANDS
        for name in re.findall(rf"docker compose (?:run|exec|up){valued} ([a-z][\w-]*)", command)
    }
    assert {"migrate", "roll-database", "worker-recoveries"} <= named <= services


def test_a_command_in_a_container_starts_no_other_service() -> None:
    """Else compose migrates first, with the image that was built last, or waits for Temporal while that is away."""
    runs = re.findall(r"docker compose run ((?:--\S+ )*)", _texts())
    assert len(runs) > 10
    assert [options for options in runs if not options.startswith("--rm --no-deps ")] == []


def test_a_mounted_file_is_read_and_written_as_whoever_runs_the_command() -> None:
    """The image's own user cannot open a file that its owner alone may read, such as a roll."""
    mounting = re.findall(r"docker compose run (.*)-v .?\$PWD", _texts().replace("'\n    '", ""))
    assert len(mounting) > 3
    assert [options for options in mounting if '--user "$(id -u)"' not in options] == []


def _texts() -> str:
    """Return what says how to run a command: README, docs/, and the console's pages."""
    sources = [_ROOT / "README.md", *(_ROOT / "docs").glob("*.md"), *(_ROOT / "console").rglob("*.py")]
    return "\n".join(source.read_text() for source in sources)


async def test_the_database_understands_the_queries(database: Database) -> None:
    """Those of `psql -c` on the roll database."""
    queries = [
        query
        for command in _COMMANDS
        for query in re.findall(r'^psql -c "(?:\\copy \()?(SELECT .*?)(?:\) TO .*)?"$', command, re.MULTILINE)
    ]
    assert len(queries) >= 3
    for query in queries:
        async with database.reading() as connection:
            await connection.execute(text(query))


def test_temporal_knows_the_attributes_and_orders() -> None:
    """A query of the runbook names attributes that exist, and an update or a signal one that a workflow has."""
    ours = {key.name for key in search_attributes.ALL}
    source = "\n".join(path.read_text() for path in (_ROOT / "workflows").rglob("*.py"))
    for command in (each for each in _COMMANDS if "temporal " in each):
        attributes = re.findall(r"\b([A-Z]\w+) ?(?:=|<|>|STARTS_WITH|is )", re.sub(r"\$\(date.*?\)", "", command))
        assert set(attributes) <= ours | _TEMPORAL_S, command
        for order in re.findall(r"--name (\w+)", command):
            assert re.search(rf"async def {order}\(|def {order}\(", source), order
