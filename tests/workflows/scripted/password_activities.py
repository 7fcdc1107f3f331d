"""Password activities that do as a test says."""

from temporalio import activity

from activities.recoveries.password import PasswordClaim, PasswordJudged, PasswordOrder
from election.verdicts import Verdict
from tests.workflows.scripted.activities import ADDRESS, World


class ScriptedPasswords:
    """Stands for `Passwords`."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> PasswordJudged:
        """Return the claim's refusal, or the script's next judgement."""
        script = self._world.of(claim.workflow_id)
        script.password_claims.append(claim)
        await script.passes("judge_password")
        next_one = script.judgements.pop(0).verdict if script.judgements else Verdict.TAKEN
        verdict = claim.refusal or next_one
        return PasswordJudged(verdict, "sealed".ljust(140, "C") if verdict is Verdict.TAKEN else "")

    @activity.defn
    async def replace_password(self, order: PasswordOrder) -> str:
        """Return the notice's envelope, or fail as `Script.requires`."""
        script = self._world.of(order.workflow_id)
        script.replacements.append(order)
        await script.passes("replace_password")
        script.requires(order.link_id)
        return ADDRESS
