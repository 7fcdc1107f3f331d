"""The check of each gateway: what is decided of it, and whether messages leave by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from activities.console_services import ConsoleServices
from activities.routing.overview import GatewayNow
from activities.upkeep.heartbeat import SILENT_AFTER, SMPP, SMS_BOUND
from console.dashboard.database_reading import in_time
from console.dashboard.parts import Finding, State
from election.causes import cause_of
from election.stages import Channel
from election.text.numbers import written_number
from workflows.contracts.options import MESSAGING

NO_DATABASE = Finding(State.UNKNOWN, "La base de données, qui le dirait, ne répond pas.", is_outage=True)
_CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: "Courriel"}
_READ_WITHIN = 2.0  # seconds: before the check is given up, so that the gateways are not lost
_NOTHING_LEAVES = "Suspendue, comme toutes celles de son canal\u00a0: rien ne part."
_SUSPENDED = "Suspendue\u00a0: elle n’envoie que ce qu’une personne lui confie."
_NO_SHARE = "Aucune part des envois\u00a0: elle n’envoie que si les autres sont en panne."
_LOST_ALL = "Les règles lui ont ôté toute sa part\u00a0: trop d’erreurs, ou trop lente."
_NO_WORKER = "Aucun worker n’envoie de messages\u00a0: elle ne sert pas."
_NEVER_BOUND = "Aucune connexion n’a encore été établie."
_UNBOUND = "Pas de connexion à l’opérateur."


@dataclass(frozen=True)
class _Known:
    """What the checks of all gateways need: how long each part has been silent, and what each gateway has put off."""

    silences: Mapping[str, timedelta]
    postponed: Mapping[str, tuple[str, int]]
    now: datetime


async def gateway_findings(
    services: ConsoleServices, now: Callable[[], datetime]
) -> Mapping[str, Finding] | Finding:
    """Return what is found of each gateway in use, by its `part_name`."""
    read = await in_time(_read(services, now), _READ_WITHIN)
    if read is None:
        return NO_DATABASE
    gateways, known = read
    return {
        part_name(each.channel, each.state.name): _finding(
            each, [other for other in gateways if other.channel is each.channel], known
        )
        for each in gateways
    }


def part_name(channel: Channel, gateway: str) -> str:
    """Return what a gateway is called as a part of the system: « SMS : smpp »."""
    return f"{_CHANNELS[channel]}\u00a0: {gateway}"


async def _read(services: ConsoleServices, now: Callable[[], datetime]) -> tuple[list[GatewayNow], _Known]:
    gateways = await services.gateways.current()
    return gateways, _Known(await services.heartbeat.silences(), await services.failures.postponed(), now())


def _finding(gateway: GatewayNow, channel: Sequence[GatewayNow], known: _Known) -> Finding:
    if gateway.state.is_suspended:
        is_last = all(each.state.is_suspended for each in channel)
        state, detail = (State.FAILING, _NOTHING_LEAVES) if is_last else (State.RESERVE, _SUSPENDED)
        return Finding(state, detail, gateway.suspended_at)
    return _session(gateway, known) or _errors(gateway, known) or _share(gateway)


def _session(gateway: GatewayNow, known: _Known) -> Finding | None:
    """Return what is wrong between a gateway and the workers, or None."""
    bound, sending = (known.silences.get(role) for role in (SMS_BOUND, MESSAGING))
    if gateway.state.name == SMPP and bound is None:
        return Finding(State.FAILING, _NEVER_BOUND)
    if gateway.state.name == SMPP and bound is not None and bound > SILENT_AFTER:
        return Finding(State.FAILING, _UNBOUND, known.now - bound)
    if sending is None or sending > SILENT_AFTER:
        return Finding(State.UNKNOWN, _NO_WORKER)
    return None


def _errors(gateway: GatewayNow, known: _Known) -> Finding | None:
    """Return what a gateway fails with, or None."""
    if gateway.state.name in known.postponed:
        fault, number = known.postponed[gateway.state.name]
        return Finding(State.FAILING, f"{cause_of(fault).sentence} ({written_number(number)} en attente)")
    if gateway.errors > gateway.accepted:
        return Finding(State.FAILING, f"Erreurs depuis une minute\u00a0: {written_number(gateway.errors)}.")
    return None


def _share(gateway: GatewayNow) -> Finding:
    """Return what is decided of a gateway that works."""
    state = gateway.state
    if not state.priority:
        is_chosen = state.is_held or not state.resting_priority
        return Finding(State.RESERVE, _NO_SHARE) if is_chosen else Finding(State.UNKNOWN, _LOST_ALL)
    if state.is_held or state.priority >= state.resting_priority:
        return Finding(State.WELL, f"{state.priority}\u00a0% des envois.")
    return Finding(
        State.WELL, f"{state.priority}\u00a0% des envois, et d’ordinaire {state.resting_priority}\u00a0%."
    )
