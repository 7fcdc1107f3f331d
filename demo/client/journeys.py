"""Every way through every recovery, as voters go it: each row here is a row of `rate` and of `history`."""

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

_CHOSEN = "Éléphant-d-octobre-1943"
Subject = Callable[[RollServices, Person, str], str]


def _by_identifier(side: RollServices, person: Person, _elector: str) -> str:
    return side.roll.subject(person["work_email"])


@dataclass(frozen=True)
class Journey:
    """A recovery from its form to what it gives back.

    `mailbox` names which of a person's boxes the message reaches, `mark` finds in it what is waited for;
    `take` opens that link and goes the rest of the way, and is None where the message is the end of it;
    `given` reads what the last page gives. `subject` stands for the elector in the workflow's id;
    `hashes` are those by argon2, of a sign-in apart.
    """

    name: str
    procedure: Procedure
    channel: Channel
    mailbox: str
    ask: Callable[[Voter], Awaitable[httpx2.Response]]
    take: Callable[[Voter, str], Awaitable[httpx2.Response]] | None
    given: Callable[[str], str | None]
    mark: re.Pattern[str] = LINK
    subject: Subject = lambda _side, _person, elector: elector
    signs_in: bool = True
    hashes: int = 1

    def where(self, person: Person) -> str:
        """Return the phone or mailbox that a person's message reaches."""
        return person[self.mailbox]

    def workflow_id(self, side: RollServices, person: Person, elector: str) -> str:
        """Return the id of a person's recovery."""
        return workflow_id_of(self.procedure, self.subject(side, person, elector))


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
    recovery_drivers.lose_identifier,
    None,
    lambda _page: None,
    mark=recovery_drivers.DRAWN_IDENTIFIER,
    subject=lambda side, person, _elector: side.identifiers.proof.subject(person["numen"]),
    hashes=0,
)
PASSWORD = Journey(
    "password by e-mail",
    Procedure.PASSWORD,
    Channel.EMAIL,
    "work_email",
    recovery_drivers.forget_password,
    lambda voter, link: recovery_drivers.choose(voter, link, _CHOSEN),
    lambda page: page,
    subject=_by_identifier,
    signs_in=False,
)
BOTH = Journey(
    "identifier and password by link",
    Procedure.IDENTIFIER_AND_PASSWORD,
    Channel.EMAIL,
    "work_email",
    recovery_drivers.lose_both,
    recovery_drivers.take_both,
    shown_password,
    subject=_by_identifier,
    signs_in=False,
)
# Those of the voting code have stages and habits that other measures know.
VOTING_CODES = (BY_SMS, BY_EMAIL)
JOURNEYS = (*VOTING_CODES, IDENTIFIER, PASSWORD, BOTH)
