"""What an operator orders of a roll's file, and what became of some of its lines."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from activities.evidence.journal import Entry, Event
from activities.roll_import.lines import Refusal, RollLine

Row = dict[str, str]
# The parts of an entry's detail.
FILE_HASH, CONFIRMED_BY = "sha256:", ", confirmé par "


@dataclass(frozen=True)
class Order:
    """Who ordered an import, of the file with which SHA-256, and what may happen to electors who are on the roll.

    A trial judges every line as the import would, and writes nothing. `confirmed_by` is the second person of an import in
    the console.
    """

    operator: str = ""
    file_hash: str = ""
    updates: bool = False
    removes: bool = False
    is_trial: bool = False
    confirmed_by: str = ""

    def entry(self, event: Event, counts: Mapping[str, int]) -> Entry:
        """Return the journal's entry of one transaction, with what it changed."""
        outcome = ", ".join(f"{number} {name}" for name, number in counts.items())
        return Entry(
            f"roll:{secrets.token_hex(16)}",
            event,
            self.operator,
            f"roll/{self.file_hash}",
            outcome=outcome,
            detail=f"{FILE_HASH}{self.file_hash}{CONFIRMED_BY if self.confirmed_by else ''}{self.confirmed_by}",
        )


@dataclass
class Outcome:
    """The outcome of a batch; `kept` maps the elector id of each accepted line to the line.

    `changed` counts the columns that the updated electors have differently; `moved` are the ids of those with another work address.
    """

    added: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    moved: set[str] = field(default_factory=set)
    refused: list[Refusal] = field(default_factory=list)
    kept: dict[str, RollLine] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    @property
    def unchanged(self) -> int:
        """How many lines equal what the roll had already."""
        return len(self.kept) - len(self.added) - len(self.updated)

    @property
    def refused_lines(self) -> int:
        """How many lines were refused, each for one reason or more."""
        return len({refusal.line for refusal in self.refused})
