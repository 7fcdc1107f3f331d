"""Sessions of electors, who sign in once for all tests."""

from typing import Any

from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.voter import Voter
from tests.browser.windows import Windows


class Sessions:
    """Signs each elector in once, and reuses the session."""

    def __init__(self) -> None:
        self._electors: dict[tuple[str, str], HttpElector] = {}

    def http_elector(self, url: str, person: Person) -> HttpElector:
        """Return a signed-in elector who makes requests without a browser."""
        key = (url, person["work_email"])
        if key not in self._electors:
            self._electors[key] = HttpElector(url, person)
        return self._electors[key]

    def window(self, windows: Windows, url: str, person: Person, **options: Any) -> Voter:
        """Return a signed-in voter in a new window."""
        page = windows.open(url, **options)
        page.context.add_cookies([self.http_elector(url, person).cookie])  # type: ignore[list-item] # as the browser takes it
        return Voter(page, person)

    def close(self) -> None:
        """Close all connections."""
        for elector in self._electors.values():
            elector.close()
