"""Waiting for conditions, and links in received messages."""

import re
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any, TypeVar

Person = dict[str, str]
T = TypeVar("T")
PATIENCE = 20.0  # seconds; two cores may be busy


def until(look: Callable[[], T | None], what: str) -> T:
    """Call `look` until it returns a value other than None, and return that value.

    Raises:
        AssertionError: it returned None for `PATIENCE` seconds; the message has `what`.
    """
    waited, deadline = Event(), monotonic() + PATIENCE
    while monotonic() < deadline:
        seen = look()
        if seen is not None:
            return seen
        waited.wait(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def link_in(messages: list[dict[str, Any]], person: Person) -> str | None:
    """Return the path of the link that a person's phone or personal mailbox has received, if any."""
    mine = {person["phone"], person["personal_email"]}
    texts = [message["text"] for message in messages if message["to"] in mine]
    found = re.search(r"/lien/[0-9a-z]+", "\n".join(texts))
    return found[0] if found else None
