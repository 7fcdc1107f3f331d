"""The checks of the parts: portal, workers, gateways, what receives reports, database, Temporal."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx2
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.console_services import ConsoleServices
from activities.upkeep.heartbeat import BOUNCES, FORGOTTEN_AFTER, SILENT_AFTER, WEBHOOK, Heartbeat
from console.dashboard.database_reading import in_time
from console.dashboard.gateways import NO_DATABASE, gateway_findings
from console.dashboard.parts import Check, Finding, State
from election.text.numbers import written_span
from workflows.contracts import options

_TIMEOUT = timedelta(seconds=1)
_READ_WITHIN = 1.0  # seconds: of a heartbeat, before what it tells of is taken for away
# A worker asks again every minute; Temporal remembers for five minutes those that ask no more.
_POLLED_WITHIN = timedelta(seconds=90)
_NOT_RECEIVED = "Aucun worker ne les prend\u00a0: qui les envoie les garde, et les présente de nouveau."


def all_checks(
    services: ConsoleServices, client: Client, web_url: str, now: Callable[[], datetime]
) -> dict[str, Check]:
    """Return the check of each part, by the part's name."""
    heartbeat = services.heartbeat
    role, receiver = partial(_role, heartbeat, client, now), partial(_receiver, heartbeat, now)
    return {
        "Portail": partial(_web, web_url),
        "Base de données": partial(_database, heartbeat),
        "Temporal": partial(_temporal, client),
        "Traitement des demandes": partial(role, options.RECOVERIES),
        "Envoi des messages": partial(role, options.MESSAGING),
        "Import de la liste": partial(_import, heartbeat, client, now),
        "Passerelles": partial(gateway_findings, services, now),
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
    silences = await in_time(heartbeat.silences(), _READ_WITHIN)
    if silences is None:
        return NO_DATABASE
    silence = silences.get(role)
    if silence is None:
        return Finding(State.FAILING, "Aucun worker n’a encore démarré.")
    if silence > SILENT_AFTER:
        return Finding(State.FAILING, "Aucun worker ne donne signe de vie.", now() - silence)
    queue = options.SMS_SENDS if role == options.MESSAGING else role
    return Finding(State.WELL, await _processes(client, now, queue))


async def _processes(client: Client, now: Callable[[], datetime], queue: str) -> str:
    """Return which processes ask Temporal for the tasks of a queue, and which do no more; empty while Temporal does not say."""
    asked_at: dict[str, datetime] = {}
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        asked = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
        try:
            pollers = (await client.workflow_service.describe_task_queue(asked, timeout=_TIMEOUT)).pollers
        except (RPCError, RuntimeError):
            return ""
        for each in pollers:
            at = each.last_access_time.ToDatetime(UTC)
            asked_at[each.identity] = max(at, asked_at.get(each.identity, at))
    return processes(asked_at, now())


def processes(asked_at: Mapping[str, datetime], now: datetime) -> str:
    """Return a sentence about the processes of a role, from when each has last asked Temporal for tasks."""
    alive = sorted(name for name, at in asked_at.items() if at > now - _POLLED_WITHIN)
    silent = sorted(asked_at.keys() - set(alive))
    sentences = []
    if alive:
        number = f"{len(alive)}\u00a0processus" if len(alive) > 1 else "Un processus"
        sentences.append(f"{number}\u00a0: {', '.join(alive)}.")
    sentences += [f"Sans nouvelles de {name} depuis {written_span(now - asked_at[name])}." for name in silent]
    return " ".join(sentences)


async def _import(heartbeat: Heartbeat, client: Client, now: Callable[[], datetime]) -> Finding | None:
    """Look for the role that imports rolls, which may be stopped for the rest of an election."""
    silences = await in_time(heartbeat.silences(), _READ_WITHIN)
    if silences is None:
        return NO_DATABASE
    silence = silences.get(options.ROLL)
    if silence is None or silence > FORGOTTEN_AFTER:
        return None
    return await _role(heartbeat, client, now, options.ROLL)


async def _receiver(heartbeat: Heartbeat, now: Callable[[], datetime], role: str) -> Finding | None:
    """Look for the heartbeat of what receives reports, which not every installation has."""
    silences = await in_time(heartbeat.silences(), _READ_WITHIN)
    if silences is None:
        return NO_DATABASE
    silence = silences.get(role)
    if silence is None or silence > FORGOTTEN_AFTER:
        return None
    if silence > SILENT_AFTER:
        return Finding(State.FAILING, _NOT_RECEIVED, now() - silence)
    return Finding(State.WELL)
