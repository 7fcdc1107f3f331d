"""Signing in once a person: the tests of the sign-in itself are the journeys'."""

from typing import TYPE_CHECKING

from tests.browser.voter import Person, Voter
from tests.browser.windows import Windows

if TYPE_CHECKING:
    from playwright.sync_api import StorageState


class Sessions:
    """Remembers the cookies of whoever has signed in."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str], StorageState] = {}

    def signed_in(self, windows: Windows, url: str, person: Person) -> Voter:
        """Return a person at a new window, signed in."""
        key = (url, person["work_email"])
        if key in self._cookies:
            return Voter(windows.open(url, storage_state=self._cookies[key]), person)
        voter = Voter(windows.open(url), person)
        voter.sign_in()
        self._cookies[key] = voter.page.context.storage_state()
        return voter
