"""An elector's objection to a recovery: « Ce n’était pas moi ». The pause that it makes is in the database."""

from dataclasses import replace

from temporalio import workflow

from activities.recoveries.objection import ObjectionOrder, Objections
from election.verdicts import LinkVerdict
from workflows.contracts.options import OBJECTION_ACTIVITY
from workflows.parts.security_notice import OtherRecoveries

_DETAILS = (
    "### Opposition\u00a0: demandes suspendues\n\nCette personne a dit, depuis sa messagerie professionnelle, que "
    "quelqu’un d’autre demande en son nom.\n\n**Ensuite\u00a0:** elle appelle l’assistance. Après avoir vérifié qui "
    "appelle, un opérateur débloque ses demandes (`elector_requests unlock`)."
)


@workflow.defn
class Objection:
    """The objections of one elector; it survives outages of database, worker and server."""

    @workflow.run
    async def run(self, order: ObjectionOrder) -> LinkVerdict:
        """Pause the elector's recoveries, and return LIVE once those under way are told, or why the link cannot be used."""
        others, order = OtherRecoveries(), replace(order, by=workflow.info().run_id)
        made = await workflow.execute_local_activity_method(Objections.make_objection, order, **OBJECTION_ACTIVITY)
        if made.verdict is LinkVerdict.LIVE:
            workflow.set_current_details(_DETAILS)
            others.tell_objection(made.recoveries)
            await workflow.wait_condition(lambda: others.are_told)
        return made.verdict
