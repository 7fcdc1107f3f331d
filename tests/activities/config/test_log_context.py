"""A request and what workers do because of it have the workflow's id in their log lines."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
import structlog
from structlog.testing import capture_logs
from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.config.log_context import LogContext
from workflows.runtime.connection import connect

QUEUE = "log-context"
_log = structlog.stdlib.get_logger()
_TIMEOUT = timedelta(seconds=10)


@activity.defn
async def judge() -> None:
    """Log a line, as an activity of the roll database."""
    _log.info("judged")


@activity.defn
async def send() -> None:
    """Log a line, as an activity that sends a message."""
    _log.info("sent")


@workflow.defn
class Recovery:
    """Runs a local and a remote activity, and ends with an update."""

    def __init__(self) -> None:
        self._is_ended = False

    @workflow.run
    async def run(self) -> None:
        """Run until the update."""
        await workflow.execute_local_activity(judge, start_to_close_timeout=_TIMEOUT)
        await workflow.execute_activity(send, start_to_close_timeout=_TIMEOUT)
        await workflow.wait_condition(lambda: self._is_ended)

    @workflow.update
    async def end(self) -> None:
        """End the recovery."""
        self._is_ended = True


@pytest_asyncio.fixture
async def client(temporal: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A client as the processes connect it, with a worker on the same one."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.service_client.config.target_host)
    connected = await connect(LogContext())
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        connected, task_queue=QUEUE, workflows=[Recovery], activities=[judge, send], workflow_runner=runner
    ):
        yield connected


async def test_the_workflow_s_id_leads_from_a_request_to_the_workers_lines(client: Client) -> None:
    """A start, an update and both at once are each a line with the request's id; the lines of activities have no other id."""
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        with structlog.contextvars.bound_contextvars(request_id="0f" * 16):
            handle = await client.start_workflow(Recovery.run, id="recovery/one", task_queue=QUEUE)
            await handle.execute_update(Recovery.end)
            start = WithStartWorkflowOperation(
                Recovery.run,
                id="recovery/two",
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            await client.execute_update_with_start_workflow(Recovery.end, start_workflow_operation=start)
        await handle.result()
        await client.get_workflow_handle("recovery/two").result()
    told = [(line["event"], line["workflow_id"], line.get("request_id")) for line in logs]
    ids, request_id = ["recovery/one", "recovery/one", "recovery/two"], "0f" * 16
    assert [line for line in told if line[0] == "order"] == [("order", each, request_id) for each in ids]
    assert {line for line in told if line[0] != "order"} == {
        (event, each, None) for event in ("judged", "sent") for each in ids
    }
