"""A search for secrets in files, databases and Temporal, in plain text and in usual encodings."""

import json
import re
import sqlite3
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from socket import gethostname
from typing import NamedTuple
from urllib.parse import quote

from temporalio.api.common import v1 as common
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo
from tests.journeys.demo_people import Operator
from workflows.contracts import options

Places = dict[str, bytes]

# The folder of what phones and mailboxes received, which is not searched.
_RECEIVED = "demo"
_ROLL = "postgres"
_WORD = 8  # bytes
_EMPTY = re.compile(rb"\0{8,}")
_FIRST_WHOLE_CHARACTER = (0, 2, 3)
_CHARACTERS_OF_REST = (0, 3, 2)
# What may contain any short number by chance: random ids, sealed texts (in base64: no path, which begins with a slash, and no
# word, which has small letters alone), the ids of processes in PostgreSQL's log and in the identities of Temporal's clients.
_BY_CHANCE = re.compile(
    rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}"
    rb"|(?<![\w+/=:.-])(?=[a-z0-9+_-]*[A-Z])[\w+-][\w+/-]{39,}"
    rb"|(?m:^)\d{4}-\d\d-\d\d [\d:.]{8,12} \w+ \[\d+\]"
    rb"|\d+@" + re.escape(gethostname().encode())
)
_EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)


def found(secrets: Iterable[str], places: Places) -> dict[str, set[str]]:
    """Return the secrets that occur, by place; eight-digit ones only where they are not part of a longer text."""
    writings = {secret: _writings(secret) for secret in secrets}
    beginnings = {_word(text) for plain, encoded in writings.values() for text in (*plain, *encoded)}
    leaks = found_numbers(filter(_EIGHT_DIGITS.fullmatch, writings), places)
    for name, content in places.items():
        lowered = content.lower()
        there = _words_in(lowered, beginnings)
        for secret, (plain, encoded) in writings.items():
            if any(_word(text) in there and text in lowered for text in plain) or any(
                _word(text) in there and text in content for text in encoded
            ):
                leaks.setdefault(name, set()).add(secret)
    return leaks


def _word(text: bytes) -> int:
    """Return a text's first bytes as a number, in small letters; a shorter text is a word that every content has."""
    return int.from_bytes(text[:_WORD].lower(), sys.byteorder) if len(text) >= _WORD else 0


def _words_in(content: bytes, words: set[int]) -> set[int]:
    """Return those of the words that occur in the content, at any byte.

    One pass for all of them: to search megabytes for each writing of each secret takes minutes.
    """
    there = {0}
    for shift in range(_WORD):
        end = len(content) - (len(content) - shift) % _WORD
        there |= words.intersection(memoryview(content)[shift:end].cast("Q"))
    return there


def found_numbers(numbers: Iterable[str], places: Places) -> dict[str, set[str]]:
    """Return the numbers that occur, by place, except in longer numbers, in fractions and where they are by chance."""
    wanted = {number.encode() for number in numbers}
    alone = re.compile(rb"(?<![\d.])(?:\d{6}|\d{8})(?!\d)")
    leaks: dict[str, set[str]] = {}
    for name, content in places.items():
        if any(number in content for number in wanted):  # a fast check, which is mostly false
            hits = wanted.intersection(alone.findall(_BY_CHANCE.sub(b" ", content)))
            leaks |= {name: {hit.decode() for hit in hits}} if hits else {}
    return leaks


def files_of(demo: Demo) -> Places:
    """Return the content of a demo's files, and the rows of its databases.

    In a database file a long text may be split between two pages; in its row it is whole.
    """
    files = {path.relative_to(demo.state): path for path in sorted(demo.state.rglob("*")) if path.is_file()}
    ours = {name: path for name, path in files.items() if name.parts[0] not in {_RECEIVED, _ROLL}}
    roll = [_read(path) for name, path in files.items() if name.parts[0] == _ROLL and not _is_template(name)]
    return {
        **{str(name): _read(path) for name, path in ours.items()},
        "files of the roll": _EMPTY.sub(b"\0", b"\n".join(roll)),
        "rows of the roll": _rows_of_roll(demo),
        "rows of temporal.sqlite": _rows(demo.state / "temporal.sqlite"),
    }


def _read(path: Path) -> bytes:
    """Return a file's content; nothing of one that PostgreSQL has removed meanwhile, since nothing of it is stored."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


async def temporal_of(operator: Operator) -> Places:
    """Return histories (JSON and protobuf), descriptions and current details of all workflows."""
    runs = [await _run(operator.client, each) async for each in operator.client.list_workflows()]
    return {
        "histories as JSON": "\n".join(run.json for run in runs).encode(),
        "histories as protobuf": b"\n".join(run.history for run in runs),
        "memo and search attributes": b"\n".join(run.described for run in runs),
        "current details": "\n".join(run.details for run in runs).encode(),
    }


class _Run(NamedTuple):
    json: str
    history: bytes
    described: bytes
    details: str


# By id: nothing of a closed run changes, and a query replays its whole history.
_CLOSED: dict[str, _Run] = {}


async def _run(client: Client, each: WorkflowExecution) -> _Run:
    """Return all that Temporal says of a run."""
    is_running = each.status is WorkflowExecutionStatus.RUNNING
    if each.run_id in _CLOSED:
        return _CLOSED[each.run_id]
    handle = client.get_workflow_handle(each.id, run_id=each.run_id)
    details = ""
    if is_running or each.task_queue == options.RECOVERIES:
        details = json.dumps(await handle.query("__temporal_workflow_metadata"), default=str)
    named = common.WorkflowExecution(workflow_id=each.id, run_id=each.run_id)
    request = GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=named)
    run = _Run(
        (await handle.fetch_history()).to_json(),
        (await client.workflow_service.get_workflow_execution_history(request)).SerializeToString(),
        (await handle.describe()).raw_description.SerializeToString(),
        details,
    )
    if not is_running:
        _CLOSED[each.run_id] = run
    return run


def _writings(secret: str) -> tuple[set[bytes], set[bytes]]:
    raw = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    plain = {text.lower().encode() for text in (secret, escaped, quote(secret), quote(secret, safe=""))}
    if _EIGHT_DIGITS.fullmatch(secret):
        plain.clear()  # ids and instants contain such numbers: `found_numbers` searches for them
    plain.add(raw.hex().encode())
    encoded = {_inside(encode(b"\0" * shift + raw), shift) for shift in range(3) for encode in _BASE64}
    return plain, encoded


_BASE64 = (b64encode, urlsafe_b64encode)


def _inside(encoded: bytes, shift: int) -> bytes:
    """Return the characters of a base64 text that do not depend on the bytes before and after."""
    padding = encoded.count(b"=")
    rest = len(encoded) - (_CHARACTERS_OF_REST[3 - padding] if padding else 0)
    return encoded[_FIRST_WHOLE_CHARACTER[shift] : rest]


def _rows(path: Path) -> bytes:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.text_factory = bytes
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = [
            cell if isinstance(cell, bytes) else str(cell).encode()
            for table in tables
            for row in database.execute(f'SELECT * FROM "{table.decode()}"')  # noqa: S608 - a table name from sqlite_master
            for cell in row
        ]
    return b"\n".join(cells)


def _rows_of_roll(demo: Demo) -> bytes:
    tables = fetch_rows(demo, "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
    rows = [row for (table,) in tables for row in fetch_rows(demo, f"SELECT * FROM {table}")]  # noqa: S608 - a table name from pg_tables
    return b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)


def _is_template(name: Path) -> bool:
    """Return whether a file belongs to one of PostgreSQL's two template databases."""
    return name.parts[2:-1] in {("base", "1"), ("base", "4")}
