"""Runs that began under an earlier version go on under this one; a careless change is caught."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.replay.record_histories import missing
from tests.workflows.replay.recordings import HISTORIES, RECORDINGS, Recording
from tests.workflows.scripted.replaying import replay
from tests.workflows.scripted.voting_code_voter import Voter

_RECORDED = [(recording, path) for recording in RECORDINGS for path in recording.files()]
_EACH = pytest.mark.parametrize(("recording", "path"), _RECORDED, ids=lambda each: getattr(each, "stem", ""))


def _history(path: Path) -> WorkflowHistory:
    text = path.read_text(encoding="utf-8")
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started.get("workflowId", "voting-code/recorded"), text)


@_EACH
async def test_a_recorded_run_goes_on(recording: Recording, path: Path) -> None:
    """The workflow of today takes the same decisions as the one that was recorded."""
    await replay(recording.workflow, _history(path))


@_EACH
async def test_a_careless_change_is_caught(recording: Recording, path: Path) -> None:
    """A command more than was recorded stops the replay, at whatever stage the run stands."""
    with pytest.raises(NondeterminismError):
        await replay(recording.careless, _history(path))


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.workflow.__name__)
def test_every_stage_and_ending_is_recorded(recording: Recording) -> None:
    """A scenario without a history is one whose open runs nobody has tried."""
    assert missing(recording) == ()


def test_every_history_is_replayed() -> None:
    """A file whose name no recording knows would lie there untried."""
    assert {path for _, path in _RECORDED} == set(HISTORIES.glob("*.json"))


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
