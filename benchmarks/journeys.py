"""Every way through every recovery, as voters go it: each row here is a row of every measure."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2

from benchmarks.voter import Person, Voter, shown_code
from election.stages import Channel


@dataclass(frozen=True)
class Journey:
    """A recovery from its form to what it gives back.

    `procedure` begins the id of its workflows; `mailbox` names which of a person's boxes the link
    reaches; `take` opens that link and presses its button; `given` reads what the page gives.
    """

    name: str
    procedure: str
    channel: Channel
    mailbox: str
    ask: Callable[[Voter], Awaitable[httpx2.Response]]
    take: Callable[[Voter, str], Awaitable[httpx2.Response]]
    given: Callable[[str], str | None]

    def where(self, person: Person) -> str:
        """Return the phone or mailbox that a person's link reaches."""
        return person[self.mailbox]


BY_SMS = Journey("voting code by SMS", "voting-code", Channel.SMS, "phone", Voter.ask, Voter.press, shown_code)
BY_EMAIL = Journey(
    "voting code by e-mail",
    "voting-code",
    Channel.EMAIL,
    "personal_email",
    lambda voter: voter.ask("email"),
    Voter.press,
    shown_code,
)
JOURNEYS = (BY_SMS, BY_EMAIL)
