"""Browser windows, and the console errors and warnings of their pages."""

from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, WebError

from tests.browser.received_messages import PATIENCE

Scheme = Literal["light", "dark"]
PHONE = 375
DESKTOP = 1280
# Chromium logs an error for each 4xx; for a page such as 422 or 410 it is expected.
_BAD_ANSWER = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Windows:
    """Opens windows that share neither cookies nor cache."""

    browser: Browser
    problems: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _pages_asked: set[str] = field(default_factory=set)

    def open(
        self,
        url: str,
        *,
        width: int = DESKTOP,
        javascript: bool = True,
        scheme: Scheme = "light",
        zone: str = "Europe/Paris",
        **options: Any,
    ) -> Page:
        """Return a new, empty window whose addresses are relative to `url`."""
        context = self.browser.new_context(
            base_url=url,
            viewport={"width": width, "height": 812},
            java_script_enabled=javascript,
            color_scheme=scheme,
            locale="fr-FR",
            timezone_id=zone,
            **options,
        )
        context.set_default_timeout(1000 * PATIENCE)
        context.on("response", self._note_page)
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """Close every window.

        Raises:
            AssertionError: a page logged a script error, a violation of the content security policy or a missing file.
        """
        for context in self._contexts:
            context.close()
        assert not self.problems, "\n".join(self.problems)

    def _note_page(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._pages_asked.add(response.url.partition("#")[0])

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if message.text.startswith(_BAD_ANSWER) and message.location["url"].partition("#")[0] in self._pages_asked:
            return
        self.problems.append(f"{message.location['url']}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.problems.append(f"{error.page.url if error.page else ''}: {error.error}")
