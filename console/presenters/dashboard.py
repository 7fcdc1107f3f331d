"""What the dashboard says: one sentence for all, a tile for each part, a number for each stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities.progress.overview import Overview
from activities.routing.slowness import SLOW_FOR, SlowGateway
from activities.sending.delivery_shares import DeliveryShare
from console.dashboard.parts import State
from console.dashboard.snapshot import Snapshot
from console.presenters import stages
from console.presenters.instants import length
from election.causes import cause_of
from election.procedures import reference_of, subject_of
from election.stages import Stage
from election.text.numbers import written_number

_CHANNELS = {"sms": "SMS", "email": "Courriel"}
WORDS = {State.WELL: "Répond", State.FAILING: "En panne", State.UNKNOWN: "État inconnu"}


@dataclass(frozen=True)
class StageNumber:
    """How many recoveries are in a stage; `query` lists them in the Temporal UI, if Temporal knows the stage."""

    name: str
    number: str
    is_alarming: bool
    query: str | None


@dataclass(frozen=True)
class HeldLine:
    """How many sends have failed for one cause."""

    sentence: str
    code: str
    number: str
    query: str


@dataclass(frozen=True)
class ShareRow:
    """One gateway: for each period the share that arrived and the median delay."""

    gateway: str
    cells: list[str]


def headline(snapshot: Snapshot) -> tuple[str, str]:
    """Return the kind (success, warning, error) and the sentence that says how it all is."""
    failing = [part.name for part in snapshot.failing]
    held = sum(snapshot.overview.held.values()) if snapshot.overview else 0
    if failing:
        return "error", f"En panne ou sans nouvelles\u00a0: {', '.join(failing)}."
    sentences = [_slow(each) for each in snapshot.slow or []]
    if held:
        one = "Un envoi est en échec et attend quelqu’un."
        many = f"{written_number(held)}\u00a0envois sont en échec et attendent quelqu’un."
        sentences.append(many if held > 1 else one)
    if sentences:
        return "warning", " ".join(sentences)
    return "success", "Tout fonctionne, et aucun envoi n’est en échec."


def under_way(overview: Overview) -> list[StageNumber]:
    """Return the stages of the recoveries that are under way."""
    return [_stage(stage, overview.under_way.get(stage, 0)) for stage in stages.UNDER_WAY]


def ended(numbers: dict[Stage, int]) -> list[StageNumber]:
    """Return the stages of those that have ended in the last 24 hours."""
    return [_stage(stage, numbers.get(stage, 0)) for stage in stages.ENDED]


def held(overview: Overview) -> list[HeldLine]:
    """Return the sends that have failed, by cause, the commonest first."""
    return [
        HeldLine(
            cause_of(fault).sentence,
            fault,
            written_number(number),
            f"{stages.temporal_query(Stage.HELD)} AND RecoveryFault = '{fault}'",
        )
        for fault, number in overview.held.items()
    ]


def oldest(overview: Overview) -> tuple[str, str] | None:
    """Return the reference and the stage of the recovery that has waited longest for its message."""
    if overview.oldest is None:
        return None
    return reference_of(subject_of(overview.oldest.workflow_id)), stages.NAMES[overview.oldest.stage]


def share_rows(shares: dict[str, list[DeliveryShare]]) -> list[ShareRow]:
    """Return a row for each gateway that has sent something in the longest period."""
    gateways = list(dict.fromkeys((each.channel, each.gateway) for of in shares.values() for each in of))
    return [
        ShareRow(_gateway(*gateway), [_cell(_of(gateway, each)) for each in shares.values()])
        for gateway in sorted(gateways, reverse=True)
    ]


def _slow(slow: SlowGateway) -> str:
    minutes = written_number(int(SLOW_FOR.total_seconds()) // 60)
    return (
        f"Les SMS arrivent lentement depuis au moins {minutes}\u00a0minutes par {slow.name}\u00a0: "
        f"{slow.share * 100:.0f}\u00a0% mettent {length(slow.after)} ou plus."
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
    arrived = f"{share.percent:.1f}\u00a0%".replace(".", ",")
    known = f"{arrived} de {written_number(share.ended)}"
    delay = f", délai médian {length(share.median)}" if share.median is not None else ""
    return f"{known}{delay}{f', {open_ones}' if share.open else ''}"
