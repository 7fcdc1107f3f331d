"""What the dry run of a file has found: counts, and for each kind of refusal the first lines. Never a value."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from activities.roll_import.lines import Refusal
from activities.roll_import.report import Totals

_MOST_LINES = 20  # of each kind of refusal
_REPEATED = re.compile(r"figure déjà à la ligne (\d+)")
_CELLS = re.compile(r"\d+ colonnes attendues, \d+ trouvées")
REPEATED = "figure déjà à une ligne précédente"
OTHER_CELLS = "n’a pas autant de colonnes que l’en-tête"


@dataclass
class RefusedKind:
    """How many lines are refused for one reason in one column, and the first of them; `of` is the line that each repeats."""

    column: str
    reason: str
    number: int = 0
    lines: list[int] = field(default_factory=list)
    of: list[int] = field(default_factory=list)


@dataclass
class UploadReport:
    """The counts of a dry run; `fault` says why a file could not be read or imported at all."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    removed: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    refusals: list[RefusedKind] = field(default_factory=list)
    encoding: str = ""
    ignored: list[str] = field(default_factory=list)
    fault: str = ""

    def to_json(self) -> str:
        """Return the report as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)


def report_of(stored: str) -> UploadReport:
    """Return a report as it was stored; an empty one for an empty text."""
    fields = json.loads(stored) if stored else {}
    kinds = [RefusedKind(**each) for each in fields.pop("refusals", [])]
    return UploadReport(**fields, refusals=kinds)


class ReportWriter:
    """Collects what an import tells of its lines; `alive` is called after each batch."""

    def __init__(self, alive: Callable[[], None]) -> None:
        self.report = UploadReport()
        self._alive = alive
        self._kinds: dict[tuple[str, str], RefusedKind] = {}

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Take the refusals of a batch."""
        for refusal in refusals:
            reason, repeated = _kind_of(str(refusal.reason))
            key = (str(refusal.column), reason)
            kind = self._kinds.setdefault(key, RefusedKind(*key))
            kind.number += 1
            if len(kind.lines) < _MOST_LINES:
                kind.lines.append(refusal.line)
                kind.of += repeated
        self.report.refusals = sorted(self._kinds.values(), key=lambda kind: -kind.number)

    def show(self, totals: Totals) -> None:
        """Take the counts after a batch."""
        report = self.report
        report.read, report.added, report.updated = totals.read, totals.added, totals.updated
        report.unchanged, report.refused, report.removed = totals.unchanged, totals.refused, totals.removed
        report.changed = dict(totals.changed.most_common())
        self._alive()


def _kind_of(reason: str) -> tuple[str, list[int]]:
    """Return a reason without what differs from line to line, and the line that one repeats."""
    if repeated := _REPEATED.fullmatch(reason):
        return REPEATED, [int(repeated[1])]
    return OTHER_CELLS if _CELLS.fullmatch(reason) else reason, []
