"""Recorded histories replay with the current code; an incompatible change is detected."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.workflow import NondeterminismError

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.replay.record_histories import missing
from tests.workflows.replay.recordings import HISTORIES, RECORDINGS, Recording, recorded_history
from tests.workflows.scripted.replaying import replay
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter

_RECORDED = [(recording, path) for recording in RECORDINGS for path in recording.files()]
_TWO = [(recording, path) for recording in RECORDINGS for path in list(recording.files())[:2]]


def _stem(each: object) -> str:
    return getattr(each, "stem", "")


@pytest.mark.parametrize(("recording", "path"), _RECORDED, ids=_stem)
async def test_a_recorded_history_replays(recording: Recording, path: Path) -> None:
    """The current workflow produces the recorded commands."""
    await replay(recording.workflow, recorded_history(path))


@pytest.mark.parametrize(("recording", "path"), _TWO, ids=_stem)
async def test_an_incompatible_change_is_detected(recording: Recording, path: Path) -> None:
    """A command that was not recorded makes the replay fail; two stages of each workflow show it."""
    with pytest.raises(NondeterminismError):
        await replay(recording.changed, recorded_history(path))


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.workflow.__name__)
def test_every_stage_and_ending_is_recorded(recording: Recording) -> None:
    """Each scenario has a history, so that open runs in its state are tested."""
    assert missing(recording) == ()


def test_every_history_is_replayed() -> None:
    """Each file belongs to a recording; a file of another name would never be replayed."""
    assert {path for _, path in _RECORDED} == set(HISTORIES.glob("*.json"))


async def test_a_history_is_short(voter: VotingCodeVoter) -> None:
    """A complete recovery, from the request to the notice, takes at most 42 events and 9 KB, half of one for keys and signatures."""
    voter.with_terms(display_window=timedelta(milliseconds=300))
    message = await voter.asks_and_receives_link()
    await voter.receives(message)
    await until(lambda: _tasks(voter, 3))
    await voter.clicks(message)
    assert await voter.ends() is Stage.REISSUED
    events = await voter.events()
    assert len(events) <= 42
    assert sum(event.ByteSize() for event in events) <= 9 * 1024


async def _tasks(voter: VotingCodeVoter, count: int) -> bool:
    done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return sum(event.event_type == done for event in await voter.events()) >= count
