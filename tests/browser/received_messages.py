"""What reaches the fictional people's phones and mailboxes, as a test reads it."""

import re
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any, TypeVar

Person = dict[str, str]
T = TypeVar("T")
PATIENCE = 20.0  # seconds: two cores may be busy with something else


def until(look: Callable[[], T | None], what: str) -> T:
    """Return the first thing that is seen.

    Raises:
        AssertionError: nothing was, in good time.
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
