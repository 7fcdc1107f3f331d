"""What the dashboard says: one sentence for all, a tile for each part, a number for each stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from activities.progress.overview import HeldSends, OldestWait, Overview
from activities.routing.slowness import SLOW_FOR, SlowGateway
from activities.sending.delivery_shares import DeliveryShare
from console.dashboard.parts import State
from console.dashboard.snapshot import Snapshot
from console.presenters import stages
from console.presenters.bulk.failures import URL as FAILURES
from console.presenters.bulk.failures import advice_on
from console.presenters.recovery.record import record_url
from election.causes import cause_of
from election.procedures import reference_of, subject_of
from election.stages import Stage
from election.text.numbers import written_decimal, written_number, written_span

_CHANNELS = {"sms": "SMS", "email": "Courriel"}
WORDS = {
    State.WELL: "Répond",
    State.RESERVE: "En réserve",
    State.FAILING: "En panne",
    State.UNKNOWN: "État inconnu",
}

_UNCOUNTED = "La base de données n’a pas dit à temps combien d’envois sont en échec."
_UNTOLD = "Temporal n’a pas dit à temps combien de demandes n’avancent plus."


@dataclass(frozen=True)
class StageNumber:
    """How many recoveries are in a stage; `query` lists them in the Temporal UI, if Temporal knows the stage."""

    name: str
    number: str
    is_alarming: bool
    query: str | None


@dataclass(frozen=True)
class HeldLine:
    """How many sends have failed for one cause, since when, and what to do; `url` is the cause's page, `query` a list in Temporal."""

    sentence: str
    code: str
    number: str
    since: datetime
    advice: str
    url: str
    query: str


@dataclass(frozen=True)
class OldestLine:
    """The recovery that has waited longest for its message, and the way to its page."""

    reference: str
    stage: str
    since: datetime
    url: str


@dataclass(frozen=True)
class ShareRow:
    """One gateway: for each period the share that arrived and the median delay."""

    gateway: str
    cells: list[str]


def headline(snapshot: Snapshot) -> tuple[str, str]:
    """Return the kind (success, warning, error) and the sentence that says how it all is."""
    failing = [part.name for part in snapshot.failing]
    if failing:
        return "error", f"En panne ou sans nouvelles\u00a0: {', '.join(failing)}."
    held = sum(each.number for each in snapshot.overview.held.values()) if snapshot.overview else 0
    sentences = [
        _UNCOUNTED if snapshot.overview is None else "",
        _UNTOLD if snapshot.stuck is None else "",
        _stuck(sum(each.number for each in snapshot.stuck or [])),
        *(_slow(each) for each in snapshot.slow or []),
        _failed(held),
    ]
    if any(sentences):
        return "warning", " ".join(filter(None, sentences))
    return "success", "Tout fonctionne, et aucun envoi n’est en échec."


def under_way(overview: Overview) -> list[StageNumber]:
    """Return the stages of the recoveries that are under way."""
    return [_stage(stage, overview.under_way.get(stage, 0)) for stage in stages.UNDER_WAY]


def ended(numbers: dict[Stage, int]) -> list[StageNumber]:
    """Return the stages of those that have ended in the last 24 hours."""
    return [_stage(stage, numbers.get(stage, 0)) for stage in stages.ENDED]


def held(overview: Overview) -> list[HeldLine]:
    """Return the sends that have failed, by cause, the commonest first."""
    return [_held(fault, sends) for fault, sends in overview.held.items()]


def oldest(waits: OldestWait) -> OldestLine:
    """Return the recovery that has waited longest for its message."""
    reference = reference_of(subject_of(waits.workflow_id))
    return OldestLine(reference, stages.NAMES[waits.stage], waits.since, record_url(waits.workflow_id))


def share_rows(shares: dict[str, list[DeliveryShare]]) -> list[ShareRow]:
    """Return a row for each gateway that has sent something in the longest period."""
    gateways = list(dict.fromkeys((each.channel, each.gateway) for of in shares.values() for each in of))
    return [
        ShareRow(_gateway(*gateway), [_cell(_of(gateway, each)) for each in shares.values()])
        for gateway in sorted(gateways, reverse=True)
    ]


def _held(fault: str, sends: HeldSends) -> HeldLine:
    cause = cause_of(fault)
    return HeldLine(
        cause.sentence,
        fault,
        written_number(sends.number),
        sends.since,
        advice_on(cause),
        f"{FAILURES}?{urlencode({'cause': fault})}",
        stages.held_query(fault),
    )


def _stuck(number: int) -> str:
    one = "Une demande n’avance plus\u00a0: voyez «\u00a0Ce qui est bloqué\u00a0»."
    many = f"{written_number(number)}\u00a0demandes n’avancent plus\u00a0: voyez «\u00a0Ce qui est bloqué\u00a0»."
    return (many if number > 1 else one) if number else ""


def _failed(number: int) -> str:
    one = "Un envoi est en échec et attend quelqu’un."
    many = f"{written_number(number)}\u00a0envois sont en échec et attendent quelqu’un."
    return (many if number > 1 else one) if number else ""


def _slow(slow: SlowGateway) -> str:
    minutes = written_number(int(SLOW_FOR.total_seconds()) // 60)
    return (
        f"Les SMS arrivent lentement depuis au moins {minutes}\u00a0minutes par {slow.name}\u00a0: "
        f"{slow.share * 100:.0f}\u00a0% mettent {written_span(slow.after)} ou plus."
    )


def _stage(stage: Stage, number: int) -> StageNumber:
    is_alarming = stage in {Stage.HELD, Stage.LATE} and number > 0
    return StageNumber(stages.NAMES[stage], written_number(number), is_alarming, stages.temporal_query(stage))


def _gateway(channel: str, gateway: str) -> str:
    return f"{_CHANNELS.get(channel, channel)} ({gateway})"


def _of(gateway: tuple[str, str], shares: Sequence[DeliveryShare]) -> DeliveryShare | None:
    return next((each for each in shares if (each.channel, each.gateway) == gateway), None)


def _cell(share: DeliveryShare | None) -> str:
    if share is None:
        return "aucun message"
    open_ones = f"{written_number(share.open)} sans nouvelles"
    if share.percent is None:
        return open_ones
    arrived = f"{written_decimal(share.percent)}\u00a0%"
    known = f"{arrived} de {written_number(share.ended)}"
    delay = f", délai médian {written_span(share.median)}" if share.median is not None else ""
    return f"{known}{delay}{f', {open_ones}' if share.open else ''}"
