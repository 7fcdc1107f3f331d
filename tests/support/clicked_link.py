"""A browser in which a link was clicked."""

from dataclasses import replace

from activities.recoveries.links import Links
from activities.recoveries.voting_code import Reissue
from activities.security import sealed_display
from activities.store.database import Database
from tests.support.clock import Clock
from tests.support.people import CAMILLE, Person

LINK_KEY = b"link key of the tests, 32 bytes!"


def through_the_door(order: Reissue) -> Reissue:
    """Return an order with the door's word for its click."""
    door = Links(Database("postgresql+psycopg://nowhere"), LINK_KEY, "https://elections.exemple.fr", Clock())
    return replace(order, word=door.sign_click(order.workflow_id, order.link_id, order.public_key))


class Browser:
    """A browser that clicks a link, and opens the box it is given."""

    def __init__(self) -> None:
        self._seed = sealed_display.new_seed()

    def order(self, link_id: str = "link", person: Person = CAMILLE, **more: object) -> Reissue:
        """Return what a click on a link orders."""
        public = sealed_display.public_half(self._seed)
        order = Reissue(f"voting-code/{person.id}", person.id, link_id, "sms", public, **more)  # type: ignore[arg-type]
        return through_the_door(order)

    def open(self, box: str) -> str:
        """Return the code in a box."""
        code = sealed_display.unseal(self._seed, box)
        assert code is not None
        return code
