"""The rules of `docs/architecture.md`, read from the source itself: each check returns one line a fault."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

APPLICATION = ("election", "activities", "workflows", "web", "worker", "demo", "benchmarks")
LONGEST_FILE = 300
LONGEST_FUNCTION = 25
LARGEST_ROOM = 15
NOT_A_NAME = frozenset({"util", "utils", "helper", "helpers", "common", "shared", "misc", "manager", "impl"})
# A migration is history: it is never edited once it has run somewhere.
_HISTORY = "activities/store/migrations/versions/"
_SQL = frozenset({"sqlalchemy", "alembic", "psycopg"})
# What starts the demo's server, and what looks into its tables for those who run it.
_READ_THE_DEMO = frozenset({"demo.processes.postgres", "demo.client.demo_internals"})
# A workflow calls activities by their signatures, so it never needs these.
_NOT_FOR_WORKFLOWS = (
    "activities.store",
    "activities.gateways",
    "activities.texts",
    "activities.services",
    "activities.services",
    "activities.config",
)


@dataclass(frozen=True)
class Source:
    """One Python file: its place in the house, and what it says."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The name by which others import it."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def folder(self) -> str:
        """The top of the house that it belongs to."""
        return self.module.partition(".")[0]


def sources(root: Path, folders: tuple[str, ...] = (*APPLICATION, "tests")) -> list[Source]:
    """Return every Python file of these folders, or files, of the house."""
    files = [path for folder in folders for path in [root / f"{folder}.py", *(root / folder).rglob("*.py")]]
    places = [PurePosixPath(path.relative_to(root).as_posix()) for path in files if path.is_file()]
    texts = [(root / place).read_text(encoding="utf-8") for place in places]
    return [Source(place, text, ast.parse(text)) for place, text in sorted(zip(places, texts, strict=True))]


def imports(house: list[Source]) -> dict[str, set[str]]:
    """Return what each module imports, wherever in it; of the house, the file and not the name inside."""
    known = {source.module for source in house}
    return {source.module: set(_imported(source, known)) for source in house}


def _imported(source: Source, known: set[str]) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in whole)


def climbing(house: list[Source]) -> list[str]:
    """Return every import that runs up a floor, or reaches past what a floor may know."""
    graph = imports(house)
    faults = ((module, name) for module, names in graph.items() for name in names if not _may(module, name))
    return sorted(f"{module} imports {name}" for module, name in faults)


def _may(module: str, name: str) -> bool:
    folder, target = _PROGRAMS.get(module, module.partition(".")[0]), name.partition(".")[0]
    is_known = target in {*APPLICATION, "tests"}
    if target in _SQL and folder not in {"activities", "tests"} and module not in _READ_THE_DEMO:
        return False
    if not is_known and folder in _THIRD_PARTIES:
        return target in sys.stdlib_module_names or target in _THIRD_PARTIES[folder]
    return not is_known or _FLOORS[folder](name, target)


# An operator's programs beside the workflow that they control: no workflow imports them.
_PROGRAMS = {"workflows.mailings.cli": "worker", "workflows.mailings.terminal": "worker"}
# The protocol of an identity provider, which the web talks to in the voter's browser.
_PROVIDER = "activities.gateways.identity.provider"
_THIRD_PARTIES = {"election": {"pydantic"}, "workflows": {"temporalio"}}
_FLOORS: dict[str, Callable[[str, str], bool]] = {
    "election": lambda _, target: target == "election",
    "activities": lambda _, target: target in {"election", "activities"},
    "workflows": lambda name, target: (
        target in {"election", "activities", "workflows"} and not name.startswith(_NOT_FOR_WORKFLOWS)
    ),
    "web": lambda name, target: (
        target in {"election", "activities", "workflows", "web"}
        and (name == _PROVIDER or not name.startswith(("activities.store", "activities.gateways")))
    ),
    "worker": lambda _, target: target in {"election", "activities", "workflows"},
    "demo": lambda _, target: target not in {"benchmarks", "tests"},
    "benchmarks": lambda _, target: target != "tests",
    "tests": lambda _name, _target: True,
}


def circles(house: list[Source]) -> list[str]:
    """Return a circle of imports between files, and one between rooms, if there is any."""
    graph = imports(house)
    files = {module: {name for name in names if name in graph} for module, names in graph.items()}
    packages = {source.module for source in house if source.path.name == "__init__.py"}
    rooms: dict[str, set[str]] = {}
    for module, names in files.items():
        here = _room(module, packages)
        rooms.setdefault(here, set()).update({_room(name, packages) for name in names} - {here})
    return [circle for each in (files, rooms) for circle in _circle(each)]


def _room(module: str, packages: set[str]) -> str:
    """Return the folder of a module; a package's own files are a room beside the folders inside it."""
    return module if module in packages else module.rpartition(".")[0] or module


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" ← ".join(error.args[1])]
    return []


def sizes(house: list[Source]) -> list[str]:
    """Return every file and every function that is too long to be read at once."""
    lengths = [(str(source.path), source.text.count("\n"), LONGEST_FILE) for source in house]
    for source in house:
        if not str(source.path).startswith(_HISTORY):
            lengths += [(f"{source.path}:{name}", length, LONGEST_FUNCTION) for name, length in _lengths(source)]
    return sorted(f"{name} has {length} lines" for name, length, longest in lengths if length > longest)


def _lengths(source: Source) -> Iterator[tuple[str, int]]:
    """Yield each function with the lines of its own code: docstring, comments, functions inside are not."""
    lines = source.text.splitlines()
    for function in _functions(source.tree):
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        inner = {line for node in _functions(function) if node is not function for line in _span(node)}
        own = {line for statement in body for line in _span(statement)} - inner
        yield function.name, sum(lines[line - 1].strip()[:1] not in {"", "#"} for line in own)


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def crowded_rooms(paths: list[PurePosixPath]) -> list[str]:
    """Return every folder of the application with more Python files than one can keep in mind."""
    rooms = Counter(
        path.parent
        for path in paths
        if path.suffix == ".py" and path.name != "__init__.py" and path.parts[0] in APPLICATION
    )
    return sorted(f"{room} has {files} files" for room, files in rooms.items() if files > LARGEST_ROOM)


def names(paths: list[PurePosixPath]) -> list[str]:
    """Return every file or folder whose name says nothing."""
    return sorted(
        str(path) for path in paths if NOT_A_NAME & {word for part in path.parts for word in _words(part)}
    )


def _words(part: str) -> list[str]:
    return part.partition(".")[0].lower().replace("-", "_").split("_")


def filled_inits(house: list[Source]) -> list[str]:
    """Return every `__init__.py` that is not empty: code in it makes circles of imports."""
    return [str(source.path) for source in house if source.path.name == "__init__.py" and source.text]
