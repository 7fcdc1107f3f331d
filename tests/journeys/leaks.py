"""Where a secret could lie after a recovery, and the search that finds it there in any usual writing."""

import json
import re
import sqlite3
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from google.protobuf.message import Message
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import WorkflowExecutionStatus

from demo.client.demo_internals import ask
from demo.client.running import Demo
from tests.journeys.demo_people import Operator
from workflows.contracts import options

Places = dict[str, bytes]

# What phones and mailboxes received is kept there, and nowhere else.
_WORLD = "demo"
_ROLL = "postgres"
_EMPTY = re.compile(rb"\0{8,}")
_FIRST_WHOLE_CHARACTER = (0, 2, 3)
_CHARACTERS_OF_A_REST = (0, 3, 2)
# In what is drawn at random any short number may stand.
_DRAWN = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}")
_EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)


def found(secrets: Iterable[str], places: Places) -> dict[str, set[str]]:
    """Return the secrets that can be read, by the place where they can; of eight digits, those that stand alone."""
    writings = {secret: _writings(secret) for secret in secrets}
    lowered = {name: content.lower() for name, content in places.items()}
    leaks = found_numbers(filter(_EIGHT_DIGITS.fullmatch, writings), places)
    for name, content in places.items():
        for secret, (plain, encoded) in writings.items():
            if any(text in lowered[name] for text in plain) or any(text in content for text in encoded):
                leaks.setdefault(name, set()).add(secret)
    return leaks


def found_numbers(numbers: Iterable[str], places: Places) -> dict[str, set[str]]:
    """Return short numbers that stand alone, and not in a longer one, after a decimal point or in an id."""
    wanted = {number.encode() for number in numbers}
    alone = re.compile(rb"(?<![\d.])(?:\d{6}|\d{8})(?!\d)")
    leaks: dict[str, set[str]] = {}
    for name, content in places.items():
        if any(number in content for number in wanted):  # quick, and mostly none is
            hits = wanted.intersection(alone.findall(_DRAWN.sub(b" ", content)))
            leaks |= {name: {hit.decode() for hit in hits}} if hits else {}
    return leaks


def files_of(demo: Demo) -> Places:
    """Return every file that a demo keeps, as its bytes, and each database's rows besides.

    A long text may be cut in two in the file, where a page ends; in its row it is whole.
    """
    files = {path.relative_to(demo.state): path for path in sorted(demo.state.rglob("*")) if path.is_file()}
    ours = {str(name): path.read_bytes() for name, path in files.items() if name.parts[0] not in {_WORLD, _ROLL}}
    roll = [path.read_bytes() for name, path in files.items() if name.parts[0] == _ROLL and not _is_template(name)]
    return {
        **ours,
        "files of the roll": _EMPTY.sub(b"\0", b"\n".join(roll)),
        "rows of the roll": _rows_of_roll(demo),
        "rows of temporal.sqlite": _rows(demo.state / "temporal.sqlite"),
    }


async def temporal_of(operator: Operator) -> Places:
    """Return all that a Temporal server tells of every recovery, as JSON and as protobuf."""
    client, service = operator.client, operator.client.workflow_service
    histories, wire, described, details = [], [], [], []
    async for each in client.list_workflows():
        handle = client.get_workflow_handle(each.id, run_id=each.run_id)
        histories.append((await handle.fetch_history()).to_json())
        execution = WorkflowExecution(workflow_id=each.id, run_id=each.run_id)
        request = GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=execution)
        wire.append(await service.get_workflow_execution_history(request))
        described.append((await handle.describe()).raw_description)
        if each.status is WorkflowExecutionStatus.RUNNING or each.task_queue == options.RECOVERIES:
            details.append(json.dumps(await handle.query("__temporal_workflow_metadata"), default=str))
    return {
        "histories as JSON": "\n".join(histories).encode(),
        "histories as protobuf": _serialised(wire),
        "memo and search attributes": _serialised(described),
        "current details": "\n".join(details).encode(),
    }


def _writings(secret: str) -> tuple[set[bytes], set[bytes]]:
    raw = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    plain = {text.lower().encode() for text in (secret, escaped, quote(secret), quote(secret, safe=""))}
    if _EIGHT_DIGITS.fullmatch(secret):
        plain.clear()  # in ids and instants there are many: `found_numbers` knows better
    plain.add(raw.hex().encode())
    encoded = {_inside(encode(b"\0" * shift + raw), shift) for shift in range(3) for encode in _BASE64}
    return plain, encoded


_BASE64 = (b64encode, urlsafe_b64encode)


def _inside(encoded: bytes, shift: int) -> bytes:
    """Return the characters of a base64 text that do not depend on what stands before and after."""
    padding = encoded.count(b"=")
    rest = len(encoded) - (_CHARACTERS_OF_A_REST[3 - padding] if padding else 0)
    return encoded[_FIRST_WHOLE_CHARACTER[shift] : rest]


def _rows(path: Path) -> bytes:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.text_factory = bytes
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = [
            cell if isinstance(cell, bytes) else str(cell).encode()
            for table in tables
            for row in database.execute(f'SELECT * FROM "{table.decode()}"')  # noqa: S608 - its own name for its own table
            for cell in row
        ]
    return b"\n".join(cells)


def _rows_of_roll(demo: Demo) -> bytes:
    tables = ask(demo, "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
    rows = [row for (table,) in tables for row in ask(demo, f"SELECT * FROM {table}")]  # noqa: S608 - its own name
    return b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)


def _is_template(name: Path) -> bool:
    """Say whether a file is of one of the two databases that PostgreSQL copies new ones from."""
    return name.parts[2:-1] in {("base", "1"), ("base", "4")}


def _serialised(messages: Iterable[Message]) -> bytes:
    return b"\n".join(message.SerializeToString() for message in messages)
