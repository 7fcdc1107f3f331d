"""The workflows' modules that the sandbox passes through use no clock, no random number and no I/O."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.architecture import Source, imports, sources
from workflows.runtime.sandbox import PASSTHROUGH_MODULES

_ROOT = Path(__file__).parents[3]
_MODULES = {
    *(
        "abc",
        "asyncio",
        "collections.abc",
        "contextlib",
        "dataclasses",
        "datetime",
        "enum",
        "math",
        "re",
        "typing",
    ),
    *(
        "temporalio",
        "temporalio.api.enums.v1",
        "temporalio.common",
        "temporalio.exceptions",
        "temporalio.workflow",
    ),
}
_ASYNCIO = {"Lock", "Task", "create_task"}
_CLOCKS = {"now", "today", "utcnow"}
_CHANGES = {
    *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft"),
    *("remove", "reverse", "setdefault", "sort", "update"),
}
# The hash of a text, and the identity of an object, differ from process to process.
_BUILTINS = {"__import__", "breakpoint", "compile", "eval", "exec", "hash", "id", "input", "open", "print"}


def _faults(source: Source, imported: Iterable[str]) -> Iterator[str]:
    for name in imported:
        if name not in _MODULES and not _is_passed_through(name):
            yield f"imports {name}"
    tree = ast.parse(source.text)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="asyncio"), attr=name) if name not in _ASYNCIO:
                yield f"asyncio.{name}"
            case ast.Attribute(value=ast.Name(id="date" | "datetime" as owner), attr=name) if name in _CLOCKS:
                yield f"{owner}.{name}"
            case ast.Name(id=name, ctx=ast.Load()) if name in _BUILTINS:
                yield name
            case ast.Attribute(value=ast.Name(id="workflow"), attr="unsafe") | ast.Global():
                yield ast.unparse(node)
    yield from _changed_collections(tree)


def _changed_collections(tree: ast.Module) -> Iterator[str]:
    """Yield each change of a list, a set or a dictionary of the module: it would outlive a run, and others would see it."""
    shared = {name.id for node in tree.body for name in _names(node) if isinstance(name.ctx, ast.Store)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _CHANGES:
                changed = name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                changed = name
            case _:
                continue
        if changed in shared:
            yield ast.unparse(node)


def _names(node: ast.stmt) -> Iterator[ast.Name]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        yield from (each for each in ast.walk(node) if isinstance(each, ast.Name))


def _is_passed_through(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in PASSTHROUGH_MODULES)


def test_what_is_passed_through_is_deterministic() -> None:
    """Each module imports only others that are passed through, and changes nothing of its own that runs would share."""
    code = sources(_ROOT, ("workflows",))
    ours = [each for each in code if _is_passed_through(each.module)]
    assert {"workflows.parts.recovery", "workflows.contracts.messages"} <= {each.module for each in ours}
    imported = imports(code)
    assert [f"{each.module}: {fault}" for each in ours for fault in _faults(each, imported[each.module])] == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from random import random",
        "from uuid import uuid4",
        "from pathlib import Path",
        "from temporalio.client import Client",
        "from workflows.recoveries.voting_code import VotingCodeRecovery",
        "at = datetime.now(UTC)",
        "day = date.today()",
        "asyncio.to_thread(work)",
        "open('/tmp/x')",
        "number = hash('text')",
        "with workflow.unsafe.imports_passed_through(): pass",
        "def count():\n    global counted",
        "seen = set()\ndef note(run):\n    seen.add(run)",
        "seen: list[str] = []\ndef note(run):\n    seen.append(run)",
        "counts = {}\ndef count(run):\n    counts[run] += 1",
        "kept = {}\ndef forget(run):\n    del kept[run]",
    ],
)
def test_a_module_that_is_not_deterministic_is_found(tmp_path: Path, line: str) -> None:
    """So that the test above can fail."""
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "part.py").write_text(line, encoding="utf-8")
    [source] = sources(tmp_path, ("workflows",))
    assert list(_faults(source, imports([source])[source.module]))
