"""No payload of any signal or update stops a workflow: updates refuse, signals are ignored, and the workflow goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from election.stages import ENDINGS, Stage
from tests.support.history import failed_tasks
from tests.support.waiting import until
from tests.workflows.scripted import act_activities, mailing_scenarios
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.password_voter import PasswordVoter
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, RecoveryVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.acts.bulk_retry import BulkRetry
from workflows.contracts import options
from workflows.contracts.orders import Pause
from workflows.mailings.mailing import Mailing
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.registered import WORKFLOWS


def _json(text: str) -> RawValue:
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=text.encode()))


_TEXT = _json('"text"')
# Each is the list of payloads that one call carries.
_BAD_INPUTS: dict[str, list[Any]] = {
    "nothing": [],
    "null of the SDK": [None],
    "null of the UI": [_json("null")],
    "text": [_TEXT],
    "number": [_json("3")],
    "list": [_json('[{"operator": "m.durand"}]')],
    "empty object": [_json("{}")],
    "unknown key": [_json('{"operateur": "m.durand"}')],
    "a key too many": [_json('{"operator": "m.durand", "inconnu": 1}')],
    "empty name": [_json('{"operator": "  "}')],
    "wrong type inside": [_json('{"operator": 3, "link_id": {}, "request_id": [], "message_id": null}')],
    "two inputs": [_json('{"operator": "m.durand"}'), _json("{}")],
    "not JSON": [_json("{")],
    "unknown encoding": [RawValue(Payload(metadata={"encoding": b"of/ours"}, data=b"\xff"))],
    "bytes": [RawValue(Payload(metadata={"encoding": b"binary/plain"}, data=b"\xff\x00"))],
}
# A start drops its input whatever it is: what is none, of another type, too many, and what cannot be decoded.
_START_INPUTS = ("null of the UI", "text", "two inputs", "not JSON", "unknown encoding")


class _Target:
    """A running workflow, and how to see that it goes on."""

    def __init__(self, handle: WorkflowHandle[Any, Any], goes_on: Callable[[], Awaitable[None]]) -> None:
        self.handle = handle
        self.goes_on = goes_on


@asynccontextmanager
async def _voting_code(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:
    voter = VotingCodeVoter(env, scripts)
    async with replayed(voter, VotingCodeRecovery):
        await voter.asks_and_receives_link()
        yield _Target(voter.handle, lambda: _another_request(voter, voter.asks(request_id="request-2")))


@asynccontextmanager
async def _identifier(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:
    voter = IdentifierVoter(env, scripts)
    async with replayed(voter, IdentifierRecovery):
        await voter.asks()
        await voter.reaches(Stage.SENT)
        yield _Target(voter.handle, lambda: _another_request(voter, voter.asks("request-2")))


@asynccontextmanager
async def _password(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:
    voter = PasswordVoter(env, scripts)
    async with replayed(voter, PasswordRecovery):
        await voter.asks()
        await voter.is_sent()
        await voter.waits(minutes=3)
        yield _Target(voter.handle, lambda: _another_request(voter, voter.asks("request-2")))


@asynccontextmanager
async def _identifier_and_password(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:
    voter = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(voter, IdentifierAndPasswordRecovery):
        await voter.asks_and_receives_link()
        await voter.waits(minutes=3)
        yield _Target(voter.handle, lambda: _another_request(voter, voter.asks("request-2")))


@asynccontextmanager
async def _mailing(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:  # noqa: ARG001 - its own
    async with mailing_scenarios.mailing(env, 40) as operator:
        await mailing_scenarios.sending(operator)

        async def goes_on() -> None:
            await operator.commands("pause")
            assert (await operator.progress()).is_paused
            operator.activities.may_send.set()

        yield _Target(operator.handle, goes_on)


@asynccontextmanager
async def _bulk_retry(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[_Target]:  # noqa: ARG001 - its own
    async with act_activities.act(env, 40) as operator:
        operator.activities.may_order.clear()
        await operator.starts()
        await until(lambda: operator.activities.steps)

        async def goes_on() -> None:
            await operator.orders(Pause("m.durand"))
            assert (await operator.progress()).state == "paused"
            operator.activities.may_order.set()

        yield _Target(operator.handle, goes_on)


_RUNNING = {
    VotingCodeRecovery: _voting_code,
    IdentifierRecovery: _identifier,
    PasswordRecovery: _password,
    IdentifierAndPasswordRecovery: _identifier_and_password,
    Mailing: _mailing,
    BulkRetry: _bulk_retry,
}


async def _another_request(voter: RecoveryVoter, request: Awaitable[object]) -> None:
    """A query is answered, the voter's new request is judged, and an operator can cancel."""
    assert (await voter.status()).stage not in ENDINGS
    judged = len(voter.script.claims)
    await request
    await until(lambda: len(voter.script.claims) > judged)
    assert await _cancelled(voter) in ENDINGS


async def _cancelled(voter: RecoveryVoter) -> Stage:
    # A send that ends at the same moment makes the server refuse the update: operators, too, send it again.
    try:
        return await voter.is_cancelled()
    except RPCError:
        return await voter.is_cancelled()


def _definition(workflow_class: type) -> Any:
    # The SDK has no public way to list the handlers of a workflow.
    return workflow._Definition.must_from_class(workflow_class)


def _inputs(defined: Any) -> dict[str, Sequence[Any]]:
    """The bad inputs of a handler: all but those that it takes. The SDK drops what a handler without parameters is given."""
    good = set(_BAD_INPUTS) if not defined.arg_types else {"text"} if defined.arg_types == [str] else set()
    return {name: given for name, given in _BAD_INPUTS.items() if name not in good}


def test_every_workflow_with_handlers_is_tried() -> None:
    """A new workflow of a worker must be added here."""
    with_handlers = {each for each in WORKFLOWS if _definition(each).signals or _definition(each).updates}
    assert with_handlers == set(_RUNNING)


def test_every_handler_has_the_name_of_its_method() -> None:
    """`HandlerArguments` finds a handler's parameters by its name."""
    for each in _RUNNING:
        defined = _definition(each)
        names = {name: handler.fn.__name__ for name, handler in {**defined.signals, **defined.updates}.items()}
        assert all(name == method for name, method in names.items())


@pytest.mark.parametrize("workflow_class", _RUNNING, ids=lambda each: each.__name__)
async def test_a_workflow_goes_on_after_any_payload(
    env: WorkflowEnvironment, scripts: Scripts, workflow_class: type
) -> None:
    """Each update refuses each bad input, each signal ignores it, and no workflow task fails."""
    definition = _definition(workflow_class)
    async with _RUNNING[workflow_class](env, scripts) as target:
        await asyncio.gather(
            *(
                target.handle.signal(name, args=given)
                for name, defined in definition.signals.items()
                for given in _inputs(defined).values()
            )
        )
        for name, defined in definition.updates.items():
            inputs = _inputs(defined)
            refused = await asyncio.gather(*(_is_refused(target.handle, name, each) for each in inputs.values()))
            assert [kind for kind, is_refused in zip(inputs, refused, strict=True) if not is_refused] == [], name
        assert await failed_tasks(target.handle) == []
        await target.goes_on()


@pytest.mark.parametrize("given", [_BAD_INPUTS[each] for each in _START_INPUTS], ids=_START_INPUTS)
async def test_a_recovery_that_was_started_with_any_input_takes_the_voter_s_request(
    env: WorkflowEnvironment, scripts: Scripts, given: Sequence[Any]
) -> None:
    """Whoever can write to Temporal may start it before the voter does; the run has no input, and ignores any."""
    voter = VotingCodeVoter(env, scripts)
    async with replayed(voter, VotingCodeRecovery):
        await env.client.start_workflow(
            VotingCodeRecovery.__name__, args=given, id=voter.workflow_id, task_queue=options.RECOVERIES
        )
        await voter.asks_and_receives_link()
        assert await _cancelled(voter) in ENDINGS


async def test_a_batch_without_a_name_is_journalled_as_refused(env: WorkflowEnvironment, scripts: Scripts) -> None:
    """A wrong key, an empty name or no input at all is counted, and why; only the order with a name retries."""
    voter = VotingCodeVoter(env, scripts)
    async with replayed(voter, VotingCodeRecovery):
        await voter.asks_and_receives_link()
        await voter.cannot_receive(voter.script.sent[-1])
        await voter.reaches(Stage.HELD)
        bad: list[list[Any]] = [[], [None], [{"operateur": "m.durand"}], [{"operator": ""}], [{"operator": 3}]]
        for given in [*bad, [{"operator": "m.durand", "rate": 1}], [{"operator": "m.durand"}]]:
            await voter.handle.signal("retry_send_all", args=given)
        await voter.is_sent(2)
        refused = [(act.operator, act.fault) for act in voter.script.refused_retries]
        assert refused == [("", "OperatorMissing")] * len(bad) + [("", "OrderMalformed")]
        assert [act.operator for act in voter.script.retries] == ["m.durand"]


async def _is_refused(handle: WorkflowHandle[Any, Any], update: str, given: Sequence[Any]) -> bool:
    try:
        await handle.execute_update(update, args=given, rpc_timeout=ANSWERED_WITHIN)
    except WorkflowUpdateFailedError:
        return True
    return False
