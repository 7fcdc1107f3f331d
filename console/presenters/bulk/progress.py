"""The page of an act on many recoveries, and the list of acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from activities.acts.bulk_acts import BulkAct, Why
from activities.acts.bulk_order import TITLES, ActState, BulkKind, ItemState
from console.presenters import words
from console.presenters.bulk.confirmation import duration
from console.presenters.rates import shown_rate
from election.causes import cause_of
from election.procedures import Procedure
from election.text.numbers import written_number

URL = "/exploitation/actes"
NOT_BEGUN = "L’ordre n’a pas été donné\u00a0: aucun worker n’a encore commencé cet acte."
_STATES: dict[ActState, tuple[Literal["info", "warning", "success", "new"], str]] = {
    ActState.RUNNING: ("info", "En cours"),
    ActState.PAUSED: ("warning", "Suspendu"),
    ActState.STOPPED: ("new", "Arrêté"),
    ActState.DONE: ("success", "Terminé"),
}
_SENT = {BulkKind.CANCEL: "Annulés"}


@dataclass(frozen=True)
class BulkFigure:
    """One figure of an act: its label, and how many."""

    label: str
    number: int
    kind: Literal["sent", "failed", "skipped", "waiting"]


@dataclass(frozen=True)
class BulkPage:
    """What the page of an act says; once it is over and settled, nothing of it changes any more."""

    id: str
    title: str
    what: str
    state: ActState
    state_kind: str
    state_label: str
    operator: str
    is_verified: bool
    reason: str
    created_at: datetime
    changed_at: datetime
    total: int
    figures: list[BulkFigure]
    rate: float
    left: str
    is_over: bool
    is_settled: bool

    @property
    def url(self) -> str:
        """The path of the page."""
        return f"{URL}/{self.id}"

    @property
    def shown_rate(self) -> str:
        """The rate as its field shows it: « 20 », « 0,5 »."""
        return shown_rate(self.rate)

    @property
    def bars(self) -> list[tuple[int, int, str]]:
        """The parts of the bar, of a width of 1,000: where each begins, how wide it is, and its kind."""
        parts: list[tuple[int, int, str]] = []
        begin = 0
        for figure in self.figures[:3]:
            width = figure.number * 1000 // self.total if self.total else 0
            parts.append((begin, width, figure.kind))
            begin += width
        return parts


def bulk_page(act: BulkAct) -> BulkPage:
    """Return the page of an act."""
    kind, label = _STATES[act.state]
    is_over = act.state in {ActState.STOPPED, ActState.DONE}
    return BulkPage(
        id=act.id,
        title=TITLES[act.kind],
        what=_what(act),
        state=act.state,
        state_kind=kind,
        state_label=label,
        operator=act.operator,
        is_verified=act.is_verified,
        reason=act.reason,
        created_at=act.created_at,
        changed_at=act.changed_at,
        total=act.total,
        figures=_figures(act),
        rate=act.rate,
        left=duration(act.waiting, act.rate) if act.waiting and act.state is ActState.RUNNING else "",
        is_over=is_over,
        is_settled=not act.waiting,
    )


def whys_in(whys: Sequence[Why], state: ItemState) -> list[Why]:
    """Return why items are in a state."""
    return [each for each in whys if each.state is state]


def as_json(act: BulkAct) -> dict[str, object]:
    """Return where an act stands, for programs."""
    return {
        "state": act.state.value,
        "total": act.total,
        "sent": act.sent,
        "failed": act.failed,
        "skipped": act.skipped,
    }


def unbegun_as_json(*, waits: bool) -> dict[str, object]:
    """Return the same of an act that no worker has begun: it waits for one, or was refused."""
    return {"state": "starting" if waits else "refused", "total": 0, "sent": 0, "failed": 0, "skipped": 0}


def _figures(act: BulkAct) -> list[BulkFigure]:
    return [
        BulkFigure(_SENT.get(act.kind, "Vraiment repartis"), act.sent, "sent"),
        BulkFigure("De nouveau en échec", act.failed, "failed"),
        BulkFigure("Passés", act.skipped, "skipped"),
        BulkFigure("À venir", act.waiting, "waiting"),
    ]


def _what(act: BulkAct) -> str:
    parts = [
        cause_of(act.cause).sentence.rstrip(".") if act.cause else "",
        words.channel_name(act.channel) if act.channel else "",
        words.procedure_name(Procedure(act.procedure)) if act.procedure in set(Procedure) else "",
        f"passerelle {act.gateway}" if act.gateway else "",
    ]
    chosen = ", ".join(filter(None, parts)) or "tout ce qui était en échec, ou des réassorts choisis"
    return f"{written_number(act.total)}\u00a0: {chosen}"
