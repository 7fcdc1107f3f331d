"""References of an elector's recoveries, which the support desk finds them by."""

from activities.accounts.roll import Elector
from election.procedures import Procedure, reference_of
from election.text.translation import gettext as _
from web.context.app_context import AppContext
from web.presenters.enumeration import either
from web.presenters.procedures.catalogue import CATALOGUE


async def references_of(app: AppContext, elector: Elector) -> str:
    """Return the references of all that an elector can recover in this election, each with its name."""
    typed_subject = (await app.services.roll.claimant(elector.work_email)).subject
    subjects = {
        Procedure.VOTING_CODE: elector.id,
        Procedure.IDENTIFIER: await app.services.identifiers.proof.subject_of(elector.id),
        Procedure.PASSWORD: typed_subject,
        Procedure.IDENTIFIER_AND_PASSWORD: typed_subject,
    }
    # Procedures with the same subject have the same reference.
    names: dict[str, list[str]] = {}
    for procedure in app.election.procedures:
        names.setdefault(reference_of(subjects[procedure]), []).append(_(CATALOGUE[procedure].support_name))
    return ", ".join(f"{reference} ({either(named)})" for reference, named in names.items())
