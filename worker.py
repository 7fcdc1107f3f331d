"""Runs workflows and activities: `python worker.py --role all|recoveries|messaging`."""

import argparse
import asyncio
import signal
from datetime import timedelta
from functools import partial

from temporalio.client import Client
from temporalio.worker import Worker

from activities.config import event_loop, logs, settings
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError
from activities.config.settings import CoreSettings, MessagingSettings, RollSettings, SettingsError
from activities.evidence.journal import Journal
from activities.mailings.campaigns import Campaigns
from activities.services import (
    RollServices,
    SendingServices,
    build_roll_services,
    build_sending_services,
    build_vault,
)
from activities.store.database import Database
from activities.upkeep.heartbeat import BEAT_EVERY, Heartbeat
from activities.upkeep.key_sweep import KeySweep
from activities.upkeep.periodic_tasks import PeriodicTask, every
from activities.upkeep.retention import Retention
from election.settings import Election, ElectionFileError, load
from workflows.contracts import options
from workflows.mailings.campaign import LinkCampaign
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.starting import start_identifier_and_password
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime import sandbox
from workflows.runtime.connection import TemporalUnreachableError, connect
from workflows.runtime.registration import register_search_attributes

RECOVERY_WORKFLOWS = [
    VotingCodeRecovery,
    IdentifierRecovery,
    PasswordRecovery,
    IdentifierAndPasswordRecovery,
    SupportRequest,
]
ROLES = (options.RECOVERIES, options.MESSAGING)
# Longer than one send: a worker that shuts down finishes a send that has begun, so that no other worker repeats it.
_GRACEFUL_SHUTDOWN_TIMEOUT = options.SEND_TIMEOUT + timedelta(seconds=5)
_SWEEP_INTERVAL = timedelta(minutes=10)
_PURGE_INTERVAL = timedelta(hours=1)
_START_RPC_TIMEOUT = timedelta(seconds=10)
# More than all gateways send at once: a send without a free slot at its gateway ends at once and is retried.
_MAX_CONCURRENT_SENDS = 200


def recoveries_worker(client: Client, services: RollServices) -> Worker:
    """Return the worker of the recovery workflows and of the activities that use the roll database."""
    return Worker(
        client,
        task_queue=options.RECOVERIES,
        workflows=RECOVERY_WORKFLOWS,
        activities=[
            services.requests.judge_challenge,
            services.requests.judge_identity,
            services.requests.renew_link,
            services.requests.settle,
            services.requests.note_retry,
            services.requests.note_cancel,
            services.voting_codes.reissue_voting_code,
            services.passwords.judge_password,
            services.passwords.replace_password,
            services.identifiers.judge_identifier,
            services.identifiers.activate_identifier,
            services.identifiers.settle_identifier,
            services.identifier_and_password.judge_identifier_and_password,
            services.identifier_and_password.reissue_identifier_and_password,
            services.identifier_and_password.settle_identifier_and_password,
        ],
        workflow_runner=sandbox.runner(),
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
    )


def campaigns_worker(client: Client, campaigns: Campaigns) -> Worker:
    """Return the worker of campaigns.

    It has a task queue of its own, so that an operator's update does not wait behind the recoveries that a campaign starts.
    """
    return Worker(
        client,
        task_queue=options.CAMPAIGNS,
        workflows=[LinkCampaign],
        activities=[campaigns.count_electors, campaigns.send_page, campaigns.note_campaign],
        workflow_runner=sandbox.runner(),
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
    )


def messaging_worker(client: Client, services: SendingServices) -> Worker:
    """Return the worker of the activities that send messages."""
    return Worker(
        client,
        task_queue=options.MESSAGING,
        activities=[
            services.messaging.send_link,
            services.messaging.send_notice,
            services.messaging.send_identifier,
            services.support_desk.send_letter,
        ],
        max_concurrent_activities=_MAX_CONCURRENT_SENDS,
        graceful_shutdown_timeout=_GRACEFUL_SHUTDOWN_TIMEOUT,
    )


async def run(roles: tuple[str, ...]) -> None:
    """Run the workers of these roles until SIGTERM or SIGINT; sends that have begun are finished first."""
    core = settings.read(CoreSettings)
    logs.configure(core.log_level)
    election = load(core.election)
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    database = Database(core.database_url, pool_size=10)
    try:
        await Heartbeat(database, utc_now).require_database()
        client = await connect()
        await register_search_attributes(client)
        workers, periodic_tasks = _build_workers(roles, core, election, database, client)
        await _run_until_stopped(workers, periodic_tasks, stopping)
    finally:
        await database.close()


def _build_workers(
    roles: tuple[str, ...], core: CoreSettings, election: Election, database: Database, client: Client
) -> tuple[list[Worker], list[PeriodicTask]]:
    """Return the workers of these roles, and the periodic tasks that run beside them."""
    workers: list[Worker] = []
    heartbeat = Heartbeat(database, utc_now)
    retention = Retention(database, election.calendar.links_expire, utc_now)
    periodic_tasks: list[PeriodicTask] = [every(BEAT_EVERY, lambda: heartbeat.beat(list(roles)))]
    if options.RECOVERIES in roles:
        roll = build_roll_services(settings.read(RollSettings), election, database)
        # Activities must not import workflows: the start of a recovery is passed in.
        start = partial(start_identifier_and_password, client, election, rpc_timeout=_START_RPC_TIMEOUT)
        campaigns = Campaigns(database, roll.roll, Journal(database, election.id, utc_now), start)
        workers += [recoveries_worker(client, roll), campaigns_worker(client, campaigns)]
        sweep = KeySweep(database, build_vault(core, database), client, utc_now)
        periodic_tasks += [every(_SWEEP_INTERVAL, sweep.run), every(_PURGE_INTERVAL, retention.purge_expired)]
    if options.MESSAGING in roles:
        services = build_sending_services(settings.read(MessagingSettings), election, database, client)
        workers.append(messaging_worker(client, services))
        periodic_tasks += [services.sms.run, every(_SWEEP_INTERVAL, services.receipts.report)]
        periodic_tasks.append(every(_PURGE_INTERVAL, retention.purge_receipts))
    return workers, periodic_tasks


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
