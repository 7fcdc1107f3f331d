"""Runs that began under an earlier version go on under this one; a careless change is caught."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from election.stages import Stage
from tests.waiting import until
from tests.workflows import scenarios
from tests.workflows.record_histories import HISTORIES
from tests.workflows.restless import RestlessRecovery
from tests.workflows.voter import Voter
from workflows import sandbox
from workflows.voting_code import VotingCodeRecovery

_RECORDED = sorted(HISTORIES.glob("*.json"))


def _replayer(workflow: type) -> Replayer:
    return Replayer(workflows=[workflow], workflow_runner=sandbox.runner(), data_converter=pydantic_data_converter)


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("voting-code/recorded", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", _RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_run_goes_on(path: Path) -> None:
    """The workflow of today takes the same decisions as the one that was recorded."""
    await _replayer(VotingCodeRecovery).replay_workflow(_history(path))


@pytest.mark.parametrize("path", _RECORDED, ids=lambda path: path.stem)
async def test_a_careless_change_is_caught(path: Path) -> None:
    """A command more than was recorded stops the replay, at whatever stage the run stands."""
    with pytest.raises(NondeterminismError):
        await _replayer(RestlessRecovery).replay_workflow(_history(path))


def test_every_stage_and_ending_is_recorded() -> None:
    """A scenario without a history is one whose open runs nobody has tried."""
    recorded = {path.stem.rpartition("-")[0] for path in _RECORDED}
    known = {reach.__name__ for reach in (*scenarios.WAITING, *scenarios.ENDINGS)}
    assert recorded >= known | {"opened"}


async def test_a_history_is_short(voter: Voter) -> None:
    """Asked, sent, received, clicked, shown, told: 42 events and 8 KB at most, a million times over."""
    voter.with_terms(display_window=timedelta(milliseconds=300))
    message = await voter.asks_and_is_sent()
    await voter.receives(message)
    await until(lambda: _tasks(voter, 3))
    await voter.clicks(message)
    assert await voter.ends() is Stage.REISSUED
    events = await voter.events()
    assert len(events) <= 42
    assert sum(event.ByteSize() for event in events) <= 8 * 1024


async def _tasks(voter: Voter, count: int) -> bool:
    done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return sum(event.event_type == done for event in await voter.events()) >= count
