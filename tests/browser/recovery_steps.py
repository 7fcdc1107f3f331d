"""What the ways to the other recoveries have in common at a browser: what arrives, and that each page is for everyone."""

import re

from playwright.sync_api import expect

from tests.browser.all_pages import violations
from tests.browser.received_messages import until
from tests.browser.voter import Voter

# A phone that many have; two directions of scrolling are never needed (RGAA 10.11).
NARROW = 390


def arrives(voter: Voter, since: int, place: str, pattern: str) -> str:
    """Return what a message to one of a person's own addresses has brought since another, by name of the address."""
    to = voter.person[place]

    def told() -> str | None:
        received = voter.page.request.get(f"/demo/messages.json?since={since}").json()
        texts = [message["text"] for message in received if message["to"] == to]
        found = re.search(pattern, "\n".join(texts), re.MULTILINE)
        return found[0] if found else None

    return until(told, f"{pattern} arrives")


def assert_accessible(voter: Voter, title: str, *, javascript: bool = True) -> None:
    """Wait for a page; axe finds nothing wrong in it, as far as it can look, and nothing scrolls sideways."""
    voter.sees(title)
    if javascript:  # axe is a script
        assert violations(voter.page) == []
    before = voter.page.viewport_size
    voter.page.set_viewport_size({"width": NARROW, "height": 812})
    if javascript:
        assert voter.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    if before:
        voter.page.set_viewport_size(before)


def type_in_order(voter: Voter, typed: dict[str, str]) -> None:
    """From « Contenu » fill in a form by keyboard alone: each Tab reaches the next field, by its name."""
    keyboard = voter.page.keyboard
    voter.page.evaluate("document.activeElement.blur()")
    keyboard.press("Tab")
    expect(voter.link("Contenu")).to_be_focused()
    keyboard.press("Enter")
    for name, text in typed.items():
        reach(voter, name)
        keyboard.type(text)


def reach(voter: Voter, name: str) -> None:
    """Press Tab until a field has the focus; links of the text may lie before it, and no other field."""
    for _ in range(12):
        voter.page.keyboard.press("Tab")
        focused = voter.page.evaluate(
            "[document.activeElement.name, document.activeElement.matches('input, select, textarea')]"
        )
        if focused[0] == name:
            return
        assert not focused[1], f"{focused[0]} comes before {name}"
    raise AssertionError(f"never reached: {name}")


def captcha_answer(voter: Voter) -> str:
    """Return the security code that the page shows."""
    captcha = voter.page.locator("input[name=captcha_id]").input_value()
    told = voter.page.request.get("/demo/captcha.json", params={"id": captcha}).json()
    return str(told["answer"])
