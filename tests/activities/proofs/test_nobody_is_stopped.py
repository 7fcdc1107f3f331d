"""Before a sign-in, and at the vote, failures pause the elector for whom they are counted, and never stop anybody for good."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from activities.config.clock import utc_now
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.services import RollServices, build_roll_services
from activities.store.database import Database
from activities.store.tables import attempts as attempts_table
from election.attempts import AttemptRules
from election.settings import Election
from tests.support.people import CAMILLE
from tests.support.web_app import settings_of

_SUBJECT = "of what somebody typed"
_OPEN_TO_ANYONE = (
    "attempts",
    "password_requests",
    "sign_in_code_mails",
    "support_letters",
)


@pytest.mark.parametrize("section", _OPEN_TO_ANYONE)
def test_the_waits_of_doors_without_a_sign_in_end(election: Election, section: str) -> None:
    """The wait after any number of failures is `longest_wait` at most, an hour by default."""
    rules = getattr(election, section)
    assert isinstance(rules, AttemptRules)
    assert rules.wait_after(10**6) == rules.longest_wait <= timedelta(hours=1)


async def _fails(services: RollServices, scope: AttemptScope) -> None:
    match scope:
        case AttemptScope.IDENTIFIER:
            await services.identifiers.proof.check(_SUBJECT, "next", CAMILLE.numen, "01/01/1901")
        case AttemptScope.IDENTIFIER_AND_PASSWORD:
            await services.identifier_and_password.proof.check(_SUBJECT, "next", CAMILLE.numen, "99")
        case AttemptScope.VOTE:
            await services.voting_codes.check_voting_code(_SUBJECT, "wrong")


@pytest.mark.parametrize(
    "scope", [AttemptScope.IDENTIFIER, AttemptScope.IDENTIFIER_AND_PASSWORD, AttemptScope.VOTE]
)
async def test_five_hundred_failures_do_not_stop_their_owner(
    database: Database, election: Election, scope: AttemptScope
) -> None:
    """The services are those of every process; the next wait is an hour, not a year."""
    services = build_roll_services(settings_of("postgresql://unused"), election, database)
    await Attempts(database, AttemptRules(), utc_now).count(Attempt(_SUBJECT, scope, "first"))
    async with database.writing() as connection:
        await connection.execute(update(attempts_table).values(failures=500))
    await _fails(services, scope)
    until = await services.attempts.paused_until(_SUBJECT, scope)
    assert until is not None
    assert until - utc_now() <= timedelta(hours=1)
