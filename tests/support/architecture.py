"""Checks of the rules of `docs/architecture.md` on the source: each returns a line for each violation."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

APPLICATION = ("election", "activities", "workflows", "web", "console", "worker", "demo", "benchmarks")
LONGEST_FILE = 300
LONGEST_FUNCTION = 25
LARGEST_ROOM = 15
NOT_A_NAME = frozenset({"util", "utils", "helper", "helpers", "common", "shared", "misc", "manager", "impl"})
# A migration is never edited once it has run somewhere.
_HISTORY = "activities/store/migrations/versions/"
_SQL = frozenset({"sqlalchemy", "alembic", "psycopg"})
# The demo's modules that may use SQL: one starts its server, one reads its tables for tests.
_MAY_USE_SQL = frozenset({"demo.processes.postgres", "demo.client.demo_internals"})
# A workflow needs only the signatures of activities, so it never imports these.
_NOT_FOR_WORKFLOWS = (
    "activities.store",
    "activities.gateways",
    "activities.texts",
    "activities.services",
    "activities.config",
)


@dataclass(frozen=True)
class Source:
    """One Python file: its path relative to the root, its text, and what it imports and defines, also within functions."""

    path: PurePosixPath
    text: str
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]

    @property
    def module(self) -> str:
        """The name under which other modules import it."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def folder(self) -> str:
        """The top-level folder or module that it belongs to."""
        return self.module.partition(".")[0]


def sources(root: Path, folders: tuple[str, ...] = (*APPLICATION, "tests")) -> list[Source]:
    """Return every Python file of these top-level folders and modules."""
    files = [path for folder in folders for path in [root / f"{folder}.py", *(root / folder).rglob("*.py")]]
    places = [PurePosixPath(path.relative_to(root).as_posix()) for path in files if path.is_file()]
    texts = [(root / place).read_text(encoding="utf-8") for place in places]
    return [_source(place, text) for place, text in sorted(zip(places, texts, strict=True))]


def _source(place: PurePosixPath, text: str) -> Source:
    # Expressions are most of a tree, and have neither.
    found = list(_statements(ast.parse(text)))
    return Source(
        place,
        text,
        tuple(node for node in found if isinstance(node, ast.Import | ast.ImportFrom)),
        tuple(node for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)),
    )


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement in a module or in another statement."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for statement in getattr(node, name, ()):
            yield statement
            yield from _statements(statement)


def imports(code: list[Source]) -> dict[str, set[str]]:
    """Return the modules that each module imports, also inside functions; for our own code the file, not the name."""
    known = {source.module for source in code}
    return {source.module: set(_imported(source, known)) for source in code}


def _imported(source: Source, known: set[str]) -> Iterator[str]:
    for node in source.imports:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in whole)


def forbidden_imports(code: list[Source]) -> list[str]:
    """Return every import of a module that the importing layer may not use."""
    graph = imports(code)
    forbidden = ((module, name) for module, names in graph.items() for name in names if not _may(module, name))
    return sorted(f"{module} imports {name}" for module, name in forbidden)


def _may(module: str, name: str) -> bool:
    folder, target = _PROGRAMS.get(module, module.partition(".")[0]), name.partition(".")[0]
    is_known = target in {*APPLICATION, "tests"}
    if target in _SQL and folder not in {"activities", "tests"} and module not in _MAY_USE_SQL:
        return False
    if not is_known and folder in _THIRD_PARTIES:
        return target in sys.stdlib_module_names or target in _THIRD_PARTIES[folder]
    return not is_known or _LAYERS[folder](name, target)


# Commands for operators, in the same folder as the workflow that they control; no workflow imports them.
_PROGRAMS = dict.fromkeys(
    ("workflows.acts.cli", "workflows.mailings.cli", "workflows.mailings.terminal", "workflows.replay_check"),
    "worker",
)
# The protocol of identity providers: web and console redirect a browser to one.
_PROVIDER = "activities.gateways.identity.provider"
# What any site needs of HTTP, and nothing of the portal's pages.
_OF_WEB_FOR_CONSOLE = ("web.http", "web.draining_server")
_THIRD_PARTIES = {"election": {"pydantic"}, "workflows": {"temporalio"}}
_LAYERS: dict[str, Callable[[str, str], bool]] = {
    "election": lambda _, target: target == "election",
    "activities": lambda _, target: target in {"election", "activities"},
    "workflows": lambda name, target: (
        target in {"election", "activities", "workflows"} and not name.startswith(_NOT_FOR_WORKFLOWS)
    ),
    "web": lambda name, target: (
        target in {"election", "activities", "workflows", "web"}
        and (name == _PROVIDER or not name.startswith(("activities.store", "activities.gateways")))
    ),
    "console": lambda name, target: (
        (
            target in {"election", "activities", "workflows", "console"}
            and (name == _PROVIDER or not name.startswith(("activities.store", "activities.gateways")))
        )
        or name.startswith(_OF_WEB_FOR_CONSOLE)
    ),
    "worker": lambda _, target: target in {"election", "activities", "workflows"},
    "demo": lambda _, target: target not in {"benchmarks", "tests"},
    "benchmarks": lambda _, target: target != "tests",
    "tests": lambda _name, _target: True,
}


def import_cycles(code: list[Source]) -> list[str]:
    """Return a cycle of imports between files and one between folders, where there is one."""
    graph = imports(code)
    files = {module: {name for name in names if name in graph} for module, names in graph.items()}
    packages = {source.module for source in code if source.path.name == "__init__.py"}
    rooms: dict[str, set[str]] = {}
    for module, names in files.items():
        here = _room(module, packages)
        rooms.setdefault(here, set()).update({_room(name, packages) for name in names} - {here})
    return [cycle for each in (files, rooms) for cycle in _cycle(each)]


def _room(module: str, packages: set[str]) -> str:
    """Return the folder of a module; the files directly in a package do not belong to its subfolders."""
    return module if module in packages else module.rpartition(".")[0] or module


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" ← ".join(error.args[1])]
    return []


def too_long(code: list[Source]) -> list[str]:
    """Return every file and every function that is longer than its limit."""
    lengths = [(str(source.path), source.text.count("\n"), LONGEST_FILE) for source in code]
    for source in code:
        if not str(source.path).startswith(_HISTORY):
            lengths += [(f"{source.path}:{name}", length, LONGEST_FUNCTION) for name, length in _lengths(source)]
    return sorted(f"{name} has {length} lines" for name, length, longest in lengths if length > longest)


def _lengths(source: Source) -> Iterator[tuple[str, int]]:
    """Yield each function with its number of lines, without docstring, comments and inner functions."""
    lines = source.text.splitlines()
    for function in source.functions:
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        inner = {line for node in source.functions if _is_within(node, function) for line in _span(node)}
        own = {line for statement in body for line in _span(statement)} - inner
        yield function.name, sum(lines[line - 1].strip()[:1] not in {"", "#"} for line in own)


def _is_within(inner: ast.stmt, outer: ast.stmt) -> bool:
    return inner is not outer and inner.lineno in _span(outer)


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def crowded_rooms(paths: list[PurePosixPath]) -> list[str]:
    """Return every folder of the application, but that of the migrations, with more Python files than `LARGEST_ROOM`."""
    rooms = Counter(
        path.parent
        for path in paths
        if path.suffix == ".py"
        and path.name != "__init__.py"
        and path.parts[0] in APPLICATION
        and not str(path).startswith(_HISTORY)
    )
    return sorted(f"{room} has {files} files" for room, files in rooms.items() if files > LARGEST_ROOM)


def meaningless_names(paths: list[PurePosixPath]) -> list[str]:
    """Return every path that contains a word of `NOT_A_NAME`."""
    return sorted(
        str(path) for path in paths if NOT_A_NAME & {word for part in path.parts for word in _words(part)}
    )


def _words(part: str) -> list[str]:
    return part.partition(".")[0].lower().replace("-", "_").split("_")


def filled_inits(code: list[Source]) -> list[str]:
    """Return every `__init__.py` that is not empty: code in it leads to import cycles."""
    return [str(source.path) for source in code if source.path.name == "__init__.py" and source.text]
