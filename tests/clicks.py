"""A browser in which a link was clicked."""

from activities.credentials import Reissue
from activities.security import sealed_display
from tests.people import CAMILLE, Person


class Browser:
    """A browser that clicks a link, and opens the box it is given."""

    def __init__(self) -> None:
        self._seed = sealed_display.new_seed()

    def order(self, link_id: str = "link", person: Person = CAMILLE, **more: object) -> Reissue:
        """Return what a click on a link orders."""
        public = sealed_display.public_half(self._seed)
        return Reissue(f"voting-code/{person.id}", person.id, link_id, "sms", public, **more)  # type: ignore[arg-type]

    def open(self, box: str) -> str:
        """Return the code in a box."""
        code = sealed_display.unseal(self._seed, box)
        assert code is not None
        return code
