"""The command line gives operators' orders while the console is down, signed if it has the key."""

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.gateways.recording import GatewayMode
from activities.security.signatures import SigningKey
from election.stages import Stage
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted.act_activities import ScriptedAct
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.acts.arguments import parse
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.cli import OrderRefusedError, run
from workflows.contracts import options
from workflows.runtime import sandbox

NAME = ("--operator", "Dominique Exemple")


async def _run(env: WorkflowEnvironment, *arguments: str, key: SigningKey | None = None) -> str:
    said = await run(parse("", list(arguments)), env.client, key)
    assert faults(said) == []
    return said


async def test_one_recovery_is_retried_and_cancelled(env: WorkflowEnvironment, voter: VotingCodeVoter) -> None:
    """Signed with the key, typed without one; a refusal is its sentence."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    voter.script.gateway = GatewayMode.OK
    with pytest.raises(OrderRefusedError, match="signature"):
        await _run(env, "retry", voter.workflow_id, *NAME, key=SOMEBODY)
    assert await _run(env, "retry", voter.workflow_id, *NAME, key=CONSOLE) == "Étape du réassort\u00a0: Sending."
    await voter.is_sent()
    with pytest.raises(OrderRefusedError, match="Aucun envoi n’est en échec"):
        await _run(env, "retry", voter.workflow_id, *NAME)
    await _run(env, "cancel", voter.workflow_id, *NAME, "--reason", "demandé")
    assert [act.is_verified for act in voter.script.retries] == [True]
    assert not voter.script.settlements[-1].is_verified
    with pytest.raises(OrderRefusedError, match="Il n’y a pas"):
        await _run(env, "retry", "code-de-vote/nobody", *NAME)


async def test_many_are_retried(env: WorkflowEnvironment) -> None:
    """The act's id follows it; its orders are those of the console."""
    act = ScriptedAct(30)
    act.may_order.clear()
    worker = Worker(
        env.client,
        task_queue=options.ACTS,
        workflows=[BulkRetry],
        activities=act.all,
        workflow_runner=sandbox.runner(),
    )
    async with worker, Worker(env.client, task_queue=options.ACT_ORDERS, activities=[act.order_items]):
        said = await _run(env, "bulk", "--cause", "sms:smpp-1", "--reason", "rétabli", *NAME, key=CONSOLE)
        act_id = said.split()[3].rstrip(".")
        await until(lambda: act.steps)
        assert "suspendu" in await _run(env, "pause", act_id, *NAME, key=CONSOLE)
        assert "30 par seconde" in await _run(env, "rate", act_id, "30", *NAME, key=CONSOLE)
        assert "envoyés\u00a0: 0" in await _run(env, "status", act_id)
        assert "arrêté" in await _run(env, "stop", act_id, *NAME)
        act.may_order.set()
        assert all(note.is_verified for note in act.notes[:-1])
        assert not act.notes[-1].is_verified


@pytest.mark.parametrize(
    "wrong",
    [
        ("retry", "x"),
        ("bulk", *NAME),
        ("bulk", "--kind", "retry-by-other", "--reason", "x", *NAME),
        ("bulk", "--gateway", "sms2", "--reason", "x", *NAME),
        ("rate", "x", "0", *NAME),
        ("retry", "x", "--operator", " "),
    ],
)
def test_a_wrong_command_line_ends_with_status_2(wrong: tuple[str, ...]) -> None:
    """No name, no reason, no gateway or one too many, a rate of none."""
    with pytest.raises(SystemExit) as ended:
        parse("", list(wrong))
    assert ended.value.code == 2
