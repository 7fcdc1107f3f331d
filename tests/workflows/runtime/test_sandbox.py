"""A run costs no more than its own work: what is the same for all runs is made once, and outside the sandbox."""

from typing import Any

import pytest
from pydantic import TypeAdapter
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter
from temporalio.worker import Replayer

from tests.workflows.replay.recordings import HISTORIES, recorded_history
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime import sandbox

_HISTORY = HISTORIES / "reissued-1.json"
_IN_SANDBOX = "temporalio.worker.workflow_sandbox._in_sandbox.InSandbox"
_CONTEXTS = ("get_serialization_context", "get_external_store_context")


def _replayer() -> Replayer:
    return Replayer(
        workflows=[VotingCodeRecovery],
        workflow_runner=sandbox.runner(),
        data_converter=DataConverter(payload_converter_class=PydanticPayloadConverter),
    )


async def test_a_second_run_builds_no_type_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both share one payload converter, and none of its types is imported again for each run."""
    built: list[Any] = []

    def counted(kind: Any) -> TypeAdapter[Any]:
        built.append(kind)
        return TypeAdapter(kind)

    monkeypatch.setattr("temporalio.contrib.pydantic.TypeAdapter", counted)
    replayer = _replayer()
    await replayer.replay_workflow(recorded_history(_HISTORY))
    first = list(built)
    assert first
    await replayer.replay_workflow(recorded_history(_HISTORY))
    assert built == first


async def test_the_sandbox_is_not_asked_for_the_contexts_of_payloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer would run a string of code there, six times a payload."""
    asked: list[str] = []
    for name in _CONTEXTS:
        monkeypatch.setattr(f"{_IN_SANDBOX}.{name}", lambda *_, name=name: asked.append(name))
    await _replayer().replay_workflow(recorded_history(_HISTORY))
    assert not asked
