"""The dev server and the workers of workflow tests; each workflow has its own clock."""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from tests.workflows.scripted import roll_scenarios, single_act_scenarios
from tests.workflows.scripted.activities import ScriptedMessaging, ScriptedRecoveries
from tests.workflows.scripted.script import Scripts
from workflows.acts.bureau_notice import BureauNotice
from workflows.acts.elector_act import ElectorAct
from workflows.acts.gateway_change import GatewayChange
from workflows.contracts import options, search_attributes
from workflows.registered import RECOVERY_WORKFLOWS
from workflows.roll.uploads import RollCheck, RollDecision
from workflows.runtime import sandbox

_SETTINGS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="10ms"',
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    "history.maxInFlightUpdates=1000",
)


@asynccontextmanager
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """Run a dev server; its clocks run in real time until they are fast-forwarded."""
    beside_python = Path(sys.prefix) / "bin" / "temporal"
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        # None when the server is not installed: the SDK downloads it.
        dev_server_existing_path=str(beside_python) if beside_python.exists() else shutil.which("temporal"),
        search_attributes=list(search_attributes.ALL),
        dev_server_log_level="error",
        dev_server_startup_timeout=timedelta(minutes=1),
        dev_server_extra_args=[
            argument for setting in _SETTINGS for argument in ("--dynamic-config-value", setting)
        ],
        data_converter=pydantic_data_converter,
        identity="tests",
    )
    async with environment:
        yield environment


@asynccontextmanager
async def workers(client: Client, scripts: Scripts) -> AsyncIterator[None]:
    """Run the workers of recoveries, of acts, of the roll and of messages, with scripted activities."""
    async with (
        recoveries_worker(client, scripts),
        _acts_worker(client, scripts),
        _roll_worker(client, scripts),
        messaging_workers(client, scripts),
    ):
        yield


def recoveries_worker(client: Client, scripts: Scripts, queue: str = options.RECOVERIES) -> Worker:
    """Return the worker of the recovery workflows."""
    return Worker(
        client,
        task_queue=queue,
        workflows=RECOVERY_WORKFLOWS,
        activities=ScriptedRecoveries(scripts).all,
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
    )


def _acts_worker(client: Client, scripts: Scripts) -> Worker:
    return Worker(
        client,
        task_queue=single_act_scenarios.QUEUE,
        workflows=[ElectorAct, GatewayChange, BureauNotice],
        activities=single_act_scenarios.ScriptedActs(scripts).all,
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
    )


def _roll_worker(client: Client, scripts: Scripts) -> Worker:
    return Worker(
        client,
        task_queue=roll_scenarios.QUEUE,
        workflows=[RollCheck, RollDecision],
        activities=roll_scenarios.ScriptedRoll(scripts).all,
        workflow_runner=sandbox.runner(),
    )


@asynccontextmanager
async def messaging_workers(client: Client, scripts: Scripts) -> AsyncIterator[None]:
    """Run the workers of the activities that send, one for each channel."""
    activities = ScriptedMessaging(scripts).all
    sms, email = (
        Worker(client, task_queue=queue, activities=activities)
        for queue in (options.SMS_SENDS, options.EMAIL_SENDS)
    )
    async with sms, email:
        yield
