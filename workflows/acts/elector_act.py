"""What an operator does for the elector of a recovery; it survives outages of database, worker and server."""

from temporalio import workflow

from activities.acts.elector_acts import ElectorActed, ElectorActs, ElectorClaim, ElectorOrder
from workflows.contracts.options import DATABASE_ACTIVITY

_DONE = "### Fait\n\nLe journal a le nom de l’opérateur et la raison."
_NOBODY = "### Impossible\n\nCe réassort n’a trouvé personne sur la liste électorale\u00a0: il n’y a rien à faire."


@workflow.defn
class ElectorAct:
    """One act for one elector: a sign-in is unlocked, or requests are given back."""

    @workflow.run
    async def run(self, order: ElectorOrder) -> ElectorActed:
        """Do what the console has signed, and return what there was; the workflow fails when it has not signed it."""
        claim = ElectorClaim(workflow.info().workflow_id, order)
        acted = await workflow.execute_local_activity_method(
            ElectorActs.act_for_elector, claim, **DATABASE_ACTIVITY
        )
        workflow.set_current_details(_DONE if acted.is_known else _NOBODY)
        return acted
