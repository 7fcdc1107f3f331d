"""Runs workflows and activities: `python worker.py --role all|recoveries|messaging|roll`."""

import argparse
import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.acts.abandoned_acts import AbandonedActs
from activities.acts.bulk_items import BulkItems
from activities.acts.item_orders import ItemOrders
from activities.acts_services import ActServices, build_acts
from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError
from activities.config.log_context import LogContext
from activities.config.settings import MessagingSettings, RecoveriesSettings, RollImportSettings, SettingsError
from activities.evidence.chain.sealing import SEAL_EVERY, Sealing
from activities.evidence.process_start import record_start
from activities.mailing_services import build_mailing_sender, build_mailings
from activities.mailings.mailings import Mailings
from activities.mailings.sender import MailingSender
from activities.metrics.process_metrics import measure
from activities.metrics.serving import serve_metrics
from activities.roll_services import RollUploadServices, build_roll_uploads
from activities.sending_services import SendingServices, build_sending_services
from activities.sending_tasks import sending_tasks
from activities.services import RollServices, build_roll_services
from activities.store.database import Database
from activities.upkeep.heartbeat import BEAT_EVERY, TEMPORAL, Heartbeat
from activities.upkeep.key_sweep import KeySweep
from activities.upkeep.periodic_tasks import PeriodicTask, every
from activities.upkeep.retention import Retention
from activities.upkeep.sign_of_life import SignOfLife
from election.recovery_terms import PublicKeys
from election.settings import Election, ElectionFileError, load
from workflows.contracts import options
from workflows.recoveries.starting import RecoveryStarts, start_identifier_and_password
from workflows.registered import ACT_WORKFLOWS, MAILING_WORKFLOWS, RECOVERY_WORKFLOWS, ROLL_WORKFLOWS
from workflows.runtime import sandbox
from workflows.runtime.connection import TemporalUnreachableError, connect
from workflows.runtime.registration import register_search_attributes

_SETTINGS: dict[str, type[RecoveriesSettings | MessagingSettings | RollImportSettings]] = {
    options.RECOVERIES: RecoveriesSettings,
    options.MESSAGING: MessagingSettings,
    options.ROLL: RollImportSettings,
}
ROLES = tuple(_SETTINGS)
# Longer than one send: a worker that shuts down finishes a send that has begun, so that no other worker repeats it.
_GRACEFUL_SHUTDOWN_TIMEOUT = options.SEND_TIMEOUT + timedelta(seconds=5)
_SWEEP_INTERVAL = timedelta(minutes=10)
_PURGE_INTERVAL = timedelta(hours=1)
# 0.16 MB each. A recovery that was evicted is replayed from its history with its next event, which costs as much as its start.
_MAX_CACHED_WORKFLOWS = 1000
_POOL_SIZE = 10  # and as many more under load: max_connections of docker-compose.yml has room for them
# By channel. What does not fit waits in the task queue, and takes no time of its tries: forty SMS wait for two seconds at most
# for their turn at twenty a second, and forty mails for ten seconds of a relay that hangs.
_MAX_CONCURRENT_SENDS = 40
_MAX_CONCURRENT_MAILINGS = 4
_MAX_CONCURRENT_ACTS = 4
_MAX_CONCURRENT_IMPORTS = 2  # a decision does not wait for a file that is being read
_Built = tuple[list[Worker], list[PeriodicTask]]


def recoveries_worker(client: Client, services: RollServices) -> Worker:
    """Return the worker of the recovery workflows and of the activities that use the roll database."""
    return _workflow_worker(client, options.RECOVERIES, RECOVERY_WORKFLOWS, services.activities)


def mailings_worker(client: Client, mailings: Mailings) -> Worker:
    """Return the worker of mailings, whose activities are local.

    Mailings have a task queue of their own, so that an operator's update does not wait behind recoveries.
    """
    return _workflow_worker(client, options.MAILINGS, MAILING_WORKFLOWS, mailings.activities)


def acts_worker(client: Client, acts: ActServices) -> Worker:
    """Return the worker of operators' acts, whose activities in the database are local."""
    return _workflow_worker(client, options.ACTS, ACT_WORKFLOWS, acts.activities)


def act_orders_worker(client: Client, items: BulkItems) -> Worker:
    """Return the worker that orders the recoveries of acts: of what waits in the database, whoever asks it to."""
    return Worker(
        client,
        task_queue=options.ACT_ORDERS,
        activities=[ItemOrders(items, client).order_items],
        max_concurrent_activities=_MAX_CONCURRENT_ACTS,
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
    )


def _workflow_worker(
    client: Client, queue: str, workflows: Sequence[type], local_activities: Sequence[Callable[..., Any]]
) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        activities=local_activities,
        # Only our own workflows reach these activities: nobody can order a settlement or a journal's line by itself.
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
        max_cached_workflows=_MAX_CACHED_WORKFLOWS,
    )


def send_workers(client: Client, services: SendingServices) -> list[Worker]:
    """Return the workers of the activities that send messages, one for each channel: a relay that hangs delays no SMS."""
    activities = {options.SMS_SENDS: services.sms_activities, options.EMAIL_SENDS: services.mail_activities}
    return [
        Worker(
            client,
            task_queue=queue,
            activities=of_channel,
            max_concurrent_activities=_MAX_CONCURRENT_SENDS,
            max_activities_per_second=services.gateways.sms_rate if queue == options.SMS_SENDS else None,
            graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
        )
        for queue, of_channel in activities.items()
    ]


def mailing_sends_worker(client: Client, sender: MailingSender) -> Worker:
    """Return the worker that sends mailings; what voters wait for has a task queue and places of its own."""
    return Worker(
        client,
        task_queue=options.MAILING_SENDS,
        activities=[sender.send_mailing],
        max_concurrent_activities=_MAX_CONCURRENT_MAILINGS,
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
    )


def roll_worker(client: Client, uploads: RollUploadServices) -> Worker:
    """Return the worker of uploaded rolls, which are in this process's memory alone.

    Its activities may be ordered by whoever reaches Temporal: each verifies the console's signature, or imports what was confirmed.
    """
    return Worker(
        client,
        task_queue=options.ROLL,
        workflows=ROLL_WORKFLOWS,
        activities=uploads.activities,
        workflow_runner=sandbox.runner(),
        max_concurrent_activities=_MAX_CONCURRENT_IMPORTS,
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
    )


async def run(roles: tuple[str, ...]) -> None:
    """Run the workers of these roles until SIGTERM or SIGINT; sends that have begun are finished first."""
    # Of each role, before anything begins: what is missing is said at once.
    core, *_ = [settings.read(_SETTINGS[role]) for role in roles]
    logs.configure(core.log_level)
    election = load(core.election)
    serve_metrics(core)
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    database = Database(core.database_url, pool_size=_POOL_SIZE)
    try:
        await Heartbeat(database).require_database()
        await record_start(database, election, core.election, utc_now, *roles)
        client = await connect(LogContext())
        await register_search_attributes(client)
        workers, periodic_tasks = await _build_workers(roles, election, database, client)
        life = SignOfLife(roles)
        with life.shown():
            await _run_until_stopped(workers, [*periodic_tasks, every(BEAT_EVERY, life.renew)], stopping)
    finally:
        await database.close()


async def _build_workers(roles: tuple[str, ...], election: Election, database: Database, client: Client) -> _Built:
    """Return the workers of these roles, and the periodic tasks that run beside them."""
    workers: list[Worker] = []
    retention, heartbeat = Retention(database, election.calendar.links_expire, utc_now), Heartbeat(database)
    periodic_tasks: list[PeriodicTask] = [
        partial(measure, database),
        every(BEAT_EVERY, partial(heartbeat.beat, list(roles))),
        every(BEAT_EVERY, partial(_beat_while_temporal_answers, heartbeat, client)),
    ]
    if options.RECOVERIES in roles:
        recoveries = _build_recoveries(election, database, client)
        workers += recoveries[0]
        periodic_tasks += [*recoveries[1], every(_PURGE_INTERVAL, retention.purge_expired)]
    if options.MESSAGING in roles:
        sends = await _build_sends(election, database, client, heartbeat)
        workers += sends[0]
        periodic_tasks += [*sends[1], every(_PURGE_INTERVAL, retention.purge_receipts)]
    if options.ROLL in roles:
        uploads = build_roll_uploads(settings.read(RollImportSettings), election, database)
        workers.append(roll_worker(client, uploads))
        periodic_tasks.append(every(_SWEEP_INTERVAL, uploads.rows.expire))
    return workers, periodic_tasks


def _build_recoveries(election: Election, database: Database, client: Client) -> _Built:
    """Return the workers of the role `recoveries`, and its periodic tasks."""
    of = settings.read(RecoveriesSettings)
    keys = PublicKeys(of.web_public_key, of.messaging_public_key, of.console_public_key)
    roll = build_roll_services(of, election, database, keys)
    # Activities must not import workflows: the start of a recovery is passed in.
    starts = RecoveryStarts(election, of.public_url)
    start = partial(start_identifier_and_password, client, starts)
    acts = build_acts(of, election, roll, keys.console)
    workers = [
        recoveries_worker(client, roll),
        mailings_worker(client, build_mailings(roll, election, keys, start)),
        acts_worker(client, acts),
        act_orders_worker(client, roll.bulk_items),
    ]
    sweep = KeySweep(database, roll.vault, client, utc_now)
    abandoned = AbandonedActs(database, client)
    return workers, [
        every(_SWEEP_INTERVAL, sweep.run),
        every(_SWEEP_INTERVAL, abandoned.end),
        every(SEAL_EVERY, Sealing(database, utc_now).seal),
    ]


async def _build_sends(election: Election, database: Database, client: Client, heartbeat: Heartbeat) -> _Built:
    """Return the workers of the role `messaging`, and the periodic tasks of its gateways."""
    messaging = settings.read(MessagingSettings)
    services = build_sending_services(messaging, election, database, client)
    await services.gateways.states.register(services.gateways.configured)
    sender = build_mailing_sender(messaging, election, database)
    tasks = sending_tasks(services, messaging, heartbeat)
    return [*send_workers(client, services), mailing_sends_worker(client, sender)], tasks


async def _beat_while_temporal_answers(heartbeat: Heartbeat, client: Client) -> None:
    if await client.service_client.check_health(timeout=BEAT_EVERY):
        await heartbeat.beat([TEMPORAL])


async def _run_until_stopped(
    workers: list[Worker], periodic_tasks: list[PeriodicTask], stopping: asyncio.Event
) -> None:
    running = [asyncio.ensure_future(worker.run()) for worker in workers]
    background = [asyncio.ensure_future(task()) for task in periodic_tasks]
    stop = asyncio.ensure_future(stopping.wait())
    done, _ = await asyncio.wait([stop, *running, *background], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*(worker.shutdown() for worker in workers))
    for task in (*background, stop):
        task.cancel()
    await asyncio.gather(*running, *background, stop, return_exceptions=True)
    for task in done:
        task.result()  # raises the fault that ended the worker, if it was not a signal


def main() -> None:
    """Read the command line and run the workers; a faulty configuration ends with one line and status 2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", choices=("all", *ROLES), default="all")
    role = parser.parse_args().role
    try:
        event_loop.run(run(ROLES if role == "all" else (role,)))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, TemporalUnreachableError) as error:
        settings.stop(error)


if __name__ == "__main__":
    main()
