"""Browser windows, and the console errors and warnings of their pages."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, WebError

from tests.browser.received_messages import PATIENCE

Scheme = Literal["light", "dark"]
PHONE = 375
DESKTOP = 1280
# Chromium logs an error for each 4xx; for a page such as 422 or 410 it is expected.
_BAD_ANSWER = "Failed to load resource: the server responded with a status of 4"
_HAS_OWN_CLOCK = "'__pwClock' in window"  # after `clock.install()`


class Contexts:
    """Browser contexts that tests use one after the other, without a cookie, a permission or a page of the test before.

    Each keeps its cache: else every window would load the style sheets and fonts again, and its server compress them.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)

    def take(self, options: dict[str, Any]) -> BrowserContext:
        """Return a context with these options that no other window has now."""
        free = self._free[repr(options)]
        return free.pop() if free else self._browser.new_context(**options)

    def give_back(self, context: BrowserContext, options: dict[str, Any], *, has_own_clock: bool) -> None:
        """Keep a context without pages for another test, unless it has a clock of its own, which nothing takes away."""
        if has_own_clock:
            context.close()
            return
        context.clear_cookies()
        context.clear_permissions()
        self._free[repr(options)].append(context)


@dataclass
class Windows:
    """Opens windows that share neither cookies nor cache."""

    contexts: Contexts
    problems: list[str] = field(default_factory=list)
    _opened: list[tuple[BrowserContext, dict[str, Any]]] = field(default_factory=list)
    _pages_asked: set[str] = field(default_factory=set)

    def open(
        self,
        url: str,
        *,
        width: int = DESKTOP,
        javascript: bool = True,
        scheme: Scheme = "light",
        zone: str = "Europe/Paris",
    ) -> Page:
        """Return a new, empty window whose addresses are relative to `url`."""
        options = {
            "base_url": url,
            "viewport": {"width": width, "height": 812},
            "java_script_enabled": javascript,
            "color_scheme": scheme,
            "reduced_motion": "reduce",  # axe would read a colour that fades half-way
            "locale": "fr-FR",
            "timezone_id": zone,
        }
        context = self.contexts.take(options)
        context.set_default_timeout(1000 * PATIENCE)
        context.on("response", self._note_page)
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)
        self._opened.append((context, options))
        return context.new_page()

    def close(self) -> None:
        """Close every window.

        Raises:
            AssertionError: a page logged a script error, a violation of the content security policy or a missing file.
        """
        for context, options in self._opened:
            has_own_clock = options["java_script_enabled"] and any(
                page.evaluate(_HAS_OWN_CLOCK) for page in context.pages
            )
            for page in context.pages:
                page.close()
            context.remove_listener("response", self._note_page)
            context.remove_listener("console", self._note_message)
            context.remove_listener("weberror", self._note_error)
            self.contexts.give_back(context, options, has_own_clock=has_own_clock)
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
