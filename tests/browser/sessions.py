"""Signing in once a person: the tests of the sign-in itself are the journeys'."""

from typing import Any

from tests.browser.http_elector import Caller
from tests.browser.received_messages import Person
from tests.browser.voter import Voter
from tests.browser.windows import Windows


class Sessions:
    """Keeps whoever has signed in signed in."""

    def __init__(self) -> None:
        self._callers: dict[tuple[str, str], Caller] = {}

    def caller(self, url: str, person: Person) -> Caller:
        """Return a person, signed in, who needs no window."""
        key = (url, person["work_email"])
        if key not in self._callers:
            self._callers[key] = Caller(url, person)
        return self._callers[key]

    def window(self, windows: Windows, url: str, person: Person, **options: Any) -> Voter:
        """Return a person at a new window, signed in."""
        page = windows.open(url, **options)
        page.context.add_cookies([self.caller(url, person).cookie])  # type: ignore[list-item] # as the browser takes it
        return Voter(page, person)

    def close(self) -> None:
        """Leave everybody."""
        for caller in self._callers.values():
            caller.close()
