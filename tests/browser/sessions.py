"""Signing in once a person: the tests of the sign-in itself are the journeys'."""

from typing import Any

from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.voter import Voter
from tests.browser.windows import Windows


class Sessions:
    """Keeps whoever has signed in signed in."""

    def __init__(self) -> None:
        self._electors: dict[tuple[str, str], HttpElector] = {}

    def http_elector(self, url: str, person: Person) -> HttpElector:
        """Return a person, signed in, who needs no window."""
        key = (url, person["work_email"])
        if key not in self._electors:
            self._electors[key] = HttpElector(url, person)
        return self._electors[key]

    def window(self, windows: Windows, url: str, person: Person, **options: Any) -> Voter:
        """Return a person at a new window, signed in."""
        page = windows.open(url, **options)
        page.context.add_cookies([self.http_elector(url, person).cookie])  # type: ignore[list-item] # as the browser takes it
        return Voter(page, person)

    def close(self) -> None:
        """Leave everybody."""
        for http_elector in self._electors.values():
            http_elector.close()
