"""What must be true of a system at rest, and that its breach is seen."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.invariants import Books, broken

_SOUND = Books(
    taken={"voting-code/a", "voting-code/b"},
    runs=[
        ("voting-code/a", "Reissued", False),
        ("voting-code/b", "Sent", True),
        ("voting-code/b", "Expired", False),
        ("voting-code/c", "Refused", False),
    ],
    active_codes={"a": 1, "b": 1, "c": 1},
    sent=Counter({"token-a": 1, "token-b": 2, "a@ac-ville.fr": 1}),
    arrived=Counter({"token-a": 1, "token-b": 2, "a@ac-ville.fr": 1}),
)


def _breached(**what: Any) -> set[str]:
    return {name for name, faults in broken(replace(_SOUND, **what)).items() if faults}


def test_sound_books_break_nothing() -> None:
    """One ended, one live after another that expired, one refused; every message where it belongs."""
    assert _breached() == set()


@pytest.mark.parametrize(
    ("planted", "invariant"),
    [
        ({"taken": {*_SOUND.taken, "voting-code/d"}}, "recoveries taken = ended + live"),
        ({"taken": {"voting-code/b"}}, "recoveries taken = ended + live"),
        ({"runs": [*_SOUND.runs, ("voting-code/b", "Held", True)]}, "recoveries taken = ended + live"),
        ({"active_codes": {"a": 2, "b": 1}}, "one active code each"),
        ({"active_codes": {"a": 0}}, "one active code each"),
        ({"runs": [*_SOUND.runs, ("voting-code/c", None, False)]}, "no stage unknown"),
        ({"runs": [*_SOUND.runs, ("voting-code/c", "Asleep", False)]}, "no stage unknown"),
        ({"runs": [*_SOUND.runs, ("voting-code/c", "Refused", True)]}, "no stage unknown"),
        ({"arrived": Counter({**_SOUND.arrived, "token-a": 0})}, "every sent message arrived, once"),
        ({"arrived": Counter({**_SOUND.arrived, "token-a": 2})}, "nothing arrived that was not sent"),
        ({"sent": Counter({**_SOUND.sent, "token-b": 1})}, "nothing arrived that was not sent"),
        ({"untold": ["message"]}, "every SMS sent has its receipt told"),
    ],
)
def test_a_breach_is_seen(planted: dict[str, Any], invariant: str) -> None:
    """A recovery lost or lived twice, a code too many or too few, a message lost or doubled."""
    assert invariant in _breached(**planted)


def test_what_other_measures_have_sent_is_left_out() -> None:
    """Of two messages for one mailbox, the one that was there before counts neither as sent nor as arrived."""
    before = Books(sent=Counter({"token-z": 1}), arrived=Counter({"mailbox": 1}))
    after = Books(sent=Counter({"token-z": 1, "mailbox": 1}), arrived=Counter({"mailbox": 2}))
    assert not any(broken(after.since(before)).values())
    assert broken(after)["every sent message arrived, once"]
