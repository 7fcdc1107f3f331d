"""A browser that opens a one-time link of a voting code's recovery, without a web application."""

from dataclasses import replace

from activities.recoveries import clicks
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.voting_code import OpenLink, Reissue
from activities.security import sealed_display
from election.procedures import Procedure, workflow_id_of
from tests.support.people import CAMILLE, Person
from tests.support.signing import WEB

LINK_KEY = b"link key of the tests, 32 bytes!"


def signed(order: Reissue, **changes: str) -> Reissue:
    """Return the order with some fields of its click changed, signed as the web signs it."""
    return replace(order, click=clicks.signed(WEB, order.workflow_id, replace(order.click, **changes)))


class Browser:
    """A browser that orders a new code with its public key, and decrypts the code."""

    def __init__(self) -> None:
        self._seed = sealed_display.new_seed()

    def order(
        self, link_id: str = "link", person: Person = CAMILLE, settled: SettledLinks | None = None
    ) -> Reissue:
        """Return the activity's message for a click on a link."""
        click = OpenLink(link_id, sealed_display.public_key_of(self._seed))
        return signed(
            Reissue(
                workflow_id_of(Procedure.VOTING_CODE, person.id),
                person.id,
                "sms",
                click,
                settled or SettledLinks(),
            )
        )

    def open(self, box: str) -> str:
        """Return the code that was encrypted for this browser."""
        code = sealed_display.unseal(self._seed, box)
        assert code is not None
        return code
