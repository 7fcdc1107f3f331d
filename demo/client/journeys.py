"""Each recovery by each channel, as the steps of a voter: the benchmarks `rate` and `history` have a row for each."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2

from activities.services import RollServices
from demo.client import recovery_drivers
from demo.client.arrivals import LINK
from demo.client.voter import Person, Voter, shown_code, shown_password
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel

_NEW_PASSWORD = "Éléphant-d-octobre-1943"
Subject = Callable[[RollServices, Person, str], str]


def _subject_of_identifier(services: RollServices, person: Person, _elector_id: str) -> str:
    return services.roll.subject(person["work_email"])


@dataclass(frozen=True)
class Journey:
    """One recovery by one channel, from its form to the new credential.

    `contact` is the key of the person's phone or mailbox that the message goes to, and `pattern` finds the link, or the
    new identifier, in its text. `complete` opens the link and goes on to the last page; it is None where the message has
    the new credential. `credential` reads it from the last page. `subject` is what stands for the elector in the
    workflow's id. `argon2_hashes` does not count the sign-in.
    """

    name: str
    procedure: Procedure
    channel: Channel
    contact: str
    request: Callable[[Voter], Awaitable[httpx2.Response]]
    complete: Callable[[Voter, str], Awaitable[httpx2.Response]] | None
    credential: Callable[[str], str | None]
    pattern: re.Pattern[str] = LINK
    subject: Subject = lambda _services, _person, elector_id: elector_id
    signs_in: bool = True
    argon2_hashes: int = 1

    def recipient(self, person: Person) -> str:
        """Return the phone number or the address that a person's message goes to."""
        return person[self.contact]

    def workflow_id(self, services: RollServices, person: Person, elector_id: str) -> str:
        """Return the id of a person's recovery."""
        return workflow_id_of(self.procedure, self.subject(services, person, elector_id))


BY_SMS = Journey(
    "voting code by SMS", Procedure.VOTING_CODE, Channel.SMS, "phone", Voter.ask, Voter.press, shown_code
)
BY_EMAIL = Journey(
    "voting code by e-mail",
    Procedure.VOTING_CODE,
    Channel.EMAIL,
    "personal_email",
    lambda voter: voter.ask("email"),
    Voter.press,
    shown_code,
)
IDENTIFIER = Journey(
    "identifier by SMS",
    Procedure.IDENTIFIER,
    Channel.SMS,
    "phone",
    recovery_drivers.request_identifier,
    None,
    lambda _page: None,
    pattern=recovery_drivers.NEW_IDENTIFIER,
    subject=lambda services, person, _elector_id: services.identifiers.proof.subject(person["numen"]),
    argon2_hashes=0,
)
PASSWORD = Journey(
    "password by e-mail",
    Procedure.PASSWORD,
    Channel.EMAIL,
    "work_email",
    recovery_drivers.request_password,
    lambda voter, link: recovery_drivers.choose_password(voter, link, _NEW_PASSWORD),
    lambda page: page,
    subject=_subject_of_identifier,
    signs_in=False,
)
IDENTIFIER_AND_PASSWORD = Journey(
    "identifier and password by link",
    Procedure.IDENTIFIER_AND_PASSWORD,
    Channel.EMAIL,
    "work_email",
    recovery_drivers.request_identifier_and_password,
    recovery_drivers.complete_identifier_and_password,
    shown_password,
    subject=_subject_of_identifier,
    signs_in=False,
)
VOTING_CODE_JOURNEYS = (BY_SMS, BY_EMAIL)
JOURNEYS = (*VOTING_CODE_JOURNEYS, IDENTIFIER, PASSWORD, IDENTIFIER_AND_PASSWORD)
