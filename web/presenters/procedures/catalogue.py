"""The record of every procedure."""

from election.procedures import Procedure
from election.settings import Election
from web.presenters.procedures import identifier, identifier_and_password, password, voting_code
from web.presenters.procedures.record import ProcedureRecord

# In the order of the help page.
CATALOGUE: dict[Procedure, ProcedureRecord] = {
    Procedure.VOTING_CODE: voting_code.RECORD,
    Procedure.PASSWORD: password.RECORD,
    Procedure.IDENTIFIER: identifier.RECORD,
    Procedure.IDENTIFIER_AND_PASSWORD: identifier_and_password.RECORD,
}


def offered_records(election: Election) -> list[ProcedureRecord]:
    """Return the records of the procedures that an election offers."""
    return [record for procedure, record in CATALOGUE.items() if procedure in election.procedures]
