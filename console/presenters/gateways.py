"""What the page of gateways says: a card for each, with its state, its figures and what may be done, and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.routing.orders import GatewayAct
from activities.routing.overview import GatewayChange, GatewayView
from activities.routing.states import AUTOMATIC
from activities.sending.delivery_shares import DeliveryShare
from console.dashboard.gateways import part_name
from console.dashboard.parts import Finding, State
from console.presenters.rates import shown_rate
from election.causes import cause_of
from election.routing.shifting import Why
from election.stages import Channel
from election.text.numbers import written_decimal, written_number, written_span

_WHY = {
    Why.ADDED: "mise en service",
    Why.ERRORS: "trop d’erreurs\u00a0: part déplacée",
    Why.SLOW: "trop lente\u00a0: part déplacée",
    Why.DRIFT: "retour vers la part habituelle",
    Why.SHIFTED: "part choisie à la main",
    Why.RELEASED: "rendue à la répartition automatique",
    Why.SUSPENDED: "suspendue",
    Why.RESUMED: "reprise",
}
_BADGES = {
    State.WELL: ("success", "En service"),
    State.RESERVE: ("info", "En réserve"),
    State.FAILING: ("error", "En panne"),
    State.UNKNOWN: ("warning", "État inconnu"),
}
_BY_HAND = ("new", "Part choisie à la main")
ACTS = {
    GatewayAct.SUSPEND: "Suspendre",
    GatewayAct.RESUME: "Reprendre",
    GatewayAct.SHIFT: "Choisir la part",
    GatewayAct.RELEASE: "Rendre à la répartition automatique",
}
_MINUTES = 5  # in which `GatewayView.accepted` were accepted


@dataclass(frozen=True)
class Refusal:
    """How many messages have failed with a code, and what it means."""

    sentence: str
    code: str
    number: str


@dataclass(frozen=True)
class Card:
    """A gateway, called `part` on the dashboard: its state as badges and in a sentence, its figures, and what may be done."""

    name: str
    part: str
    badges: list[tuple[str, str]]
    detail: str
    priority: int
    figures: list[tuple[str, str]]
    refusals: list[Refusal]
    acts: list[GatewayAct]


@dataclass(frozen=True)
class HistoryLine:
    """A change: when, which gateway, what, by whom and why."""

    at: datetime
    gateway: str
    what: str
    by: str
    reason: str


def cards(
    views: Sequence[GatewayView], shares: Sequence[DeliveryShare], findings: Mapping[str, Finding] | Finding
) -> list[Card]:
    """Return a card for each gateway, which says of its state what the dashboard does.

    One that has no other of its channel beside it can only be suspended.
    """
    shown = []
    for view in views:
        part = part_name(view.channel, view.state.name)
        is_shared = sum(each.channel is view.channel for each in views) > 1
        finding = findings if isinstance(findings, Finding) else findings.get(part, Finding(State.UNKNOWN))
        shown.append(_card(view, part, finding, shares, is_shared=is_shared))
    return shown


def history(changes: Sequence[GatewayChange]) -> list[HistoryLine]:
    """Return the lines of the history."""
    return [
        HistoryLine(
            each.at,
            each.gateway,
            change(each.why, each.priority),
            "règle automatique" if each.actor == AUTOMATIC else each.actor,
            each.reason,
        )
        for each in changes
    ]


def change(why: Why, priority: int | str) -> str:
    """Return what has changed a gateway, and the share that it has since."""
    return f"{_WHY[why]} ({priority}\u00a0%)"


def _card(
    view: GatewayView, part: str, finding: Finding, shares: Sequence[DeliveryShare], *, is_shared: bool
) -> Card:
    state = view.state
    share = next((each for each in shares if (each.channel, each.gateway) == (view.channel, state.name)), None)
    acts = [GatewayAct.RESUME if state.is_suspended else GatewayAct.SUSPEND]
    if is_shared:
        acts += [GatewayAct.SHIFT, *([GatewayAct.RELEASE] if state.is_held else [])]
    return Card(
        state.name,
        part,
        [_BADGES[finding.state], *([_BY_HAND] if state.is_held else [])],
        finding.detail,
        state.priority,
        _figures(view, share, is_shared=is_shared),
        [
            Refusal(cause_of(f"{view.channel}:{code}").sentence, code, written_number(number))
            for code, number in view.refusals.items()
        ],
        acts,
    )


def _figures(view: GatewayView, share: DeliveryShare | None, *, is_shared: bool) -> list[tuple[str, str]]:
    """Return the figures; errors are counted only where a channel has several gateways."""
    arrived = share.percent if share else None
    median, p95 = (share.median, share.p95) if share else (None, None)
    errors = [("Erreurs depuis une minute", written_number(view.errors))] if is_shared else []
    return [
        ("Part des envois", f"{view.state.priority}\u00a0%"),
        ("Rythme permis à chaque processus", _limit(view)),
        ("Acceptés par minute, depuis 5\u00a0minutes", _a_minute(view.accepted)),
        (
            "Arrivés depuis une heure",
            "aucun message" if arrived is None else f"{written_decimal(arrived)}\u00a0%",
        ),
        ("Délai médian depuis une heure", "inconnu" if median is None else written_span(median)),
        ("Délai de 95\u00a0% d’entre eux", "inconnu" if p95 is None else written_span(p95)),
        *errors,
    ]


def _limit(view: GatewayView) -> str:
    """Return the configured rate; no process of a version that writes it has started yet where that of an SMS gateway is missing."""
    if view.rate is None:
        return "sans limite" if view.channel is Channel.EMAIL else "inconnu"
    return f"{shown_rate(view.rate)} par seconde"


def _a_minute(accepted: int) -> str:
    """Return a number of five minutes as a rate, with one decimal below ten: « 0,4 », « 120 »."""
    rate = accepted / _MINUTES
    return written_decimal(rate) if rate < 10 else written_number(round(rate))  # noqa: PLR2004 - as the docstring says
