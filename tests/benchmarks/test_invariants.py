"""The invariants of `load`, and that each violation is found."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.invariants import Records, violations

_VALID = Records(
    accepted={"code-de-vote/a", "code-de-vote/b"},
    runs=[
        ("code-de-vote/a", "Reissued", False),
        ("code-de-vote/b", None, True),
        ("code-de-vote/b", "Expired", False),
        ("code-de-vote/c", "Refused", False),
    ],
    active_codes={"a": 1, "b": 1, "c": 1},
    sent=Counter({"token-a": 1, "token-b": 2, "a@ac-ville.fr": 1}),
    arrived=Counter({"token-a": 1, "token-b": 2, "a@ac-ville.fr": 1}),
)


def _violated(**changes: Any) -> set[str]:
    return {name for name, found in violations(replace(_VALID, **changes)).items() if found}


def test_valid_records_have_no_violations() -> None:
    """One recovery ended, one runs after another that expired, one was refused; every message arrived."""
    assert _violated() == set()


@pytest.mark.parametrize(
    ("changes", "invariant"),
    [
        ({"accepted": {*_VALID.accepted, "code-de-vote/d"}}, "recoveries accepted = ended + running"),
        ({"accepted": {"code-de-vote/b"}}, "recoveries accepted = ended + running"),
        ({"runs": [*_VALID.runs, ("code-de-vote/b", "Held", True)]}, "recoveries accepted = ended + running"),
        ({"active_codes": {"a": 2, "b": 1}}, "one active code each"),
        ({"active_codes": {"a": 0}}, "one active code each"),
        ({"runs": [*_VALID.runs, ("code-de-vote/c", None, False)]}, "every stage known"),
        ({"runs": [*_VALID.runs, ("code-de-vote/c", "Asleep", False)]}, "every stage known"),
        ({"runs": [*_VALID.runs, ("code-de-vote/c", "Refused", True)]}, "every stage known"),
        ({"arrived": Counter({**_VALID.arrived, "token-a": 0})}, "every sent message arrived, once"),
        ({"arrived": Counter({**_VALID.arrived, "token-a": 2})}, "nothing arrived that was not sent"),
        ({"sent": Counter({**_VALID.sent, "token-b": 1})}, "nothing arrived that was not sent"),
        ({"without_receipt": ["message"]}, "every SMS sent has its receipt"),
    ],
)
def test_a_violation_is_found(changes: dict[str, Any], invariant: str) -> None:
    """A recovery or a message is lost or doubled, or an elector has no code or two."""
    assert invariant in _violated(**changes)


def test_messages_of_other_benchmarks_are_left_out() -> None:
    """A message from before counts neither as sent nor as arrived."""
    before = Records(sent=Counter({"token-z": 1}), arrived=Counter({"mailbox": 1}))
    after = Records(sent=Counter({"token-z": 1, "mailbox": 1}), arrived=Counter({"mailbox": 2}))
    assert not any(violations(after.since(before)).values())
    assert violations(after)["every sent message arrived, once"]
