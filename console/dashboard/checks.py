"""The checks of the parts: portal, workers, relay, SMS operator, what receives reports, database, Temporal."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx2
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.progress.overview import Overview
from activities.upkeep.heartbeat import BOUNCES, FORGOTTEN_AFTER, SILENT_AFTER, SMS_BOUND, WEBHOOK, Heartbeat
from console.dashboard.parts import Check, Finding, State
from election.causes import cause_of
from election.stages import Channel
from workflows.contracts import options

ReadOverview = Callable[[], Awaitable[Overview]]

_TIMEOUT = timedelta(seconds=1)
# A worker asks again every minute; Temporal remembers for five minutes those that ask no more.
_POLLED_WITHIN = timedelta(seconds=90)
_NO_DATABASE = Finding(State.UNKNOWN, "La base de données, qui le dirait, ne répond pas.")
_NOT_RECEIVED = "Aucun worker ne les prend\u00a0: qui les envoie les garde, et les présente de nouveau."
_GONE = (DatabaseUnavailableError, DatabaseNotReadyError)


def all_checks(
    heartbeat: Heartbeat, overview: ReadOverview, client: Client, web_url: str, now: Callable[[], datetime]
) -> dict[str, Check]:
    """Return the check of each part, by the part's name."""
    role, receiver = partial(_role, heartbeat, client, now), partial(_receiver, heartbeat, now)
    return {
        "Portail": partial(_web, web_url),
        "Base de données": partial(_database, heartbeat),
        "Temporal": partial(_temporal, client),
        "Traitement des demandes": partial(role, options.RECOVERIES),
        "Envoi des messages": partial(role, options.MESSAGING),
        "Opérateur SMS": partial(_sms, heartbeat, overview, now),
        "Relais de courriel": partial(_relay, overview),
        "Accusés par HTTP": partial(receiver, WEBHOOK),
        "Retours de courriel par LMTP": partial(receiver, BOUNCES),
    }


async def _web(url: str) -> Finding:
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT.total_seconds()) as http:
            answer = await http.get(f"{url}/readyz")
    except httpx2.HTTPError:
        return Finding(State.FAILING, "Ne répond pas.")
    return Finding(State.WELL) if answer.is_success else Finding(State.FAILING, "Ne peut pas servir ses pages.")


async def _database(heartbeat: Heartbeat) -> Finding:
    try:
        await heartbeat.silent([])
    except DatabaseUnavailableError:
        return Finding(State.FAILING, "Ne répond pas.")
    except DatabaseNotReadyError:
        return Finding(State.FAILING, "N’a pas reçu les migrations de cette version.")
    return Finding(State.WELL)


async def _temporal(client: Client) -> Finding:
    try:
        answers = await client.service_client.check_health(timeout=_TIMEOUT)
    except (RPCError, RuntimeError):  # RuntimeError: a lazy client that cannot connect
        answers = False
    return Finding(State.WELL) if answers else Finding(State.FAILING, "Ne répond pas.")


async def _role(heartbeat: Heartbeat, client: Client, now: Callable[[], datetime], role: str) -> Finding:
    """Look for the heartbeat of a role, which the database has, and for its processes, which Temporal knows."""
    try:
        silence = (await heartbeat.silences()).get(role)
    except _GONE:
        return _NO_DATABASE
    if silence is None:
        return Finding(State.FAILING, "Aucun worker n’a encore démarré.")
    if silence > SILENT_AFTER:
        return Finding(State.FAILING, "Aucun worker ne donne signe de vie.", now() - silence)
    queue = options.SMS_SENDS if role == options.MESSAGING else role
    return Finding(State.WELL, await _processes(client, now, queue))


async def _processes(client: Client, now: Callable[[], datetime], queue: str) -> str:
    """Return which processes ask Temporal for the tasks of a queue; empty while Temporal does not say."""
    found: list[PollerInfo] = []
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        asked = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
        try:
            found += (await client.workflow_service.describe_task_queue(asked, timeout=_TIMEOUT)).pollers
        except (RPCError, RuntimeError):
            return ""
    since = now() - _POLLED_WITHIN
    known = sorted({each.identity for each in found if each.last_access_time.ToDatetime(UTC) > since})
    if not known:
        return ""
    return (
        f"{len(known)}\u00a0processus\u00a0: {', '.join(known)}."
        if len(known) > 1
        else f"Un processus\u00a0: {known[0]}."
    )


async def _sms(heartbeat: Heartbeat, overview: ReadOverview, now: Callable[[], datetime]) -> Finding:
    try:
        silence = (await heartbeat.silences()).get(SMS_BOUND)
    except _GONE:
        return _NO_DATABASE
    if silence is None:
        return Finding(State.FAILING, "Aucune connexion n’a encore été établie.")
    if silence > SILENT_AFTER:
        return Finding(State.FAILING, "Pas de connexion à l’opérateur.", now() - silence)
    return await _faults(overview, Channel.SMS)


async def _relay(overview: ReadOverview) -> Finding:
    try:
        return await _faults(overview, Channel.EMAIL)
    except _GONE:
        return _NO_DATABASE


async def _receiver(heartbeat: Heartbeat, now: Callable[[], datetime], role: str) -> Finding | None:
    """Look for the heartbeat of what receives reports, which not every installation has."""
    try:
        silence = (await heartbeat.silences()).get(role)
    except _GONE:
        return _NO_DATABASE
    if silence is None or silence > FORGOTTEN_AFTER:
        return None
    if silence > SILENT_AFTER:
        return Finding(State.FAILING, _NOT_RECEIVED, now() - silence)
    return Finding(State.WELL)


async def _faults(overview: ReadOverview, channel: Channel) -> Finding:
    """Return whether messages of a channel are being tried again, with the commonest cause."""
    try:
        postponed = (await overview()).postponed
    except _GONE:
        return _NO_DATABASE
    of_channel = [(number, fault) for fault, number in postponed.items() if fault.startswith(f"{channel}:")]
    if not of_channel:
        return Finding(State.WELL)
    number, fault = max(of_channel)
    return Finding(State.FAILING, f"{cause_of(fault).sentence} ({number} en attente)")
