"""How an elector's recoveries are called on the phone: opaque, and enough for the support desk to find them."""

from activities.accounts.roll import Elector
from election.procedures import Procedure, reference_of
from web.context.app_context import AppContext

_NAMES = {
    Procedure.VOTING_CODE: "code de vote",
    Procedure.IDENTIFIER: "identifiant",
    Procedure.PASSWORD: "mot de passe",
    Procedure.IDENTIFIER_AND_PASSWORD: "identifiant et mot de passe",
}


async def references_of(app: AppContext, elector: Elector) -> str:
    """Return the references of everything that an elector may recover in this election, each with its name."""
    typed = (await app.services.roll.claimant(elector.work_email)).subject
    subjects = {
        Procedure.VOTING_CODE: elector.id,
        Procedure.IDENTIFIER: await app.services.identifiers.proof.subject_of(elector.id),
        Procedure.PASSWORD: typed,
        Procedure.IDENTIFIER_AND_PASSWORD: typed,
    }
    # One begins the id of several: those of a password and of both codes stand for the same address.
    named: dict[str, list[str]] = {}
    for procedure in app.election.procedures:
        named.setdefault(reference_of(subjects[procedure]), []).append(_NAMES[procedure])
    return ", ".join(f"{reference} ({' ou '.join(names)})" for reference, names in named.items())
