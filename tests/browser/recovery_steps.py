"""Steps that the browser tests of several recoveries share."""

import re

from playwright.sync_api import expect

from tests.browser.all_pages import violations
from tests.browser.received_messages import until
from tests.browser.voter import Voter

# The width of a common phone.
NARROW = 390


def received(voter: Voter, since: int, to: str, pattern: str) -> str:
    """Wait for text that matches `pattern` in a message newer than `since` to that address, and return it."""

    def found_text() -> str | None:
        messages = voter.page.request.get(f"/demo/messages.json?since={since}").json()
        texts = [message["text"] for message in messages if message["to"] == to]
        found = re.search(pattern, "\n".join(texts), re.MULTILINE)
        return found[0].strip() if found else None

    return until(found_text, f"{pattern} arrives")


def assert_accessible(voter: Voter, title: str, *, javascript: bool = True) -> None:
    """Wait for a page's title, and check that axe finds nothing and that it does not scroll sideways (RGAA 10.11)."""
    voter.sees(title)
    if not javascript:  # both need scripts
        return
    assert violations(voter.page) == []
    before = voter.page.viewport_size
    voter.page.set_viewport_size({"width": NARROW, "height": 812})
    assert voter.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    if before:
        voter.page.set_viewport_size(before)


def type_in_order(voter: Voter, typed: dict[str, str]) -> None:
    """Fill in a form by keyboard from « Contenu » on; Tab must reach the fields in this order."""
    keyboard = voter.page.keyboard
    voter.page.evaluate("document.activeElement.blur()")
    keyboard.press("Tab")
    expect(voter.link("Contenu")).to_be_focused()
    keyboard.press("Enter")
    for name, text in typed.items():
        reach(voter, name)
        keyboard.type(text)


def reach(voter: Voter, name: str) -> None:
    """Press Tab until that field has the focus; links may come before it, but no other field."""
    for _ in range(12):
        voter.page.keyboard.press("Tab")
        focused = voter.page.evaluate(
            "[document.activeElement.name, document.activeElement.matches('input, select, textarea')]"
        )
        if focused[0] == name:
            return
        assert not focused[1], f"{focused[0]} comes before {name}"
    raise AssertionError(f"never reached: {name}")
