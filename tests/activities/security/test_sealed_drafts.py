"""What was typed so far is sealed for one form and one session."""

import pytest

from activities.security.hashing import KeyedHash
from activities.security.sealed_drafts import SealedDrafts

_TYPED = '{"answer": "Châtaigne"}'


@pytest.fixture
def drafts() -> SealedDrafts:
    """Drafts under the web's key."""
    return SealedDrafts(KeyedHash(b"web" * 11))


def test_the_session_that_typed_it_opens_it(drafts: SealedDrafts) -> None:
    """Nothing of it can be read in what the browser keeps, and no two boxes are alike."""
    boxes = {drafts.seal("demande", "cookie", _TYPED) for _ in range(2)}
    assert len(boxes) == 2
    assert {drafts.open("demande", "cookie", box) for box in boxes} == {_TYPED}
    assert not [box for box in boxes if "answer" in box]


@pytest.mark.parametrize(
    ("key", "form", "cookie"),
    [(b"web" * 11, "demande", "other"), (b"web" * 11, "vote", "cookie"), (b"new" * 11, "demande", "cookie")],
)
def test_nothing_else_opens_it(drafts: SealedDrafts, key: bytes, form: str, cookie: str) -> None:
    """Neither another session, nor another form, nor another key of the web."""
    box = drafts.seal("demande", "cookie", _TYPED)
    assert SealedDrafts(KeyedHash(key)).open(form, cookie, box) is None


@pytest.mark.parametrize("box", ["", "a", "é", "====", "A" * 200, "\0"])
def test_what_is_not_a_box_is_none(drafts: SealedDrafts, box: str) -> None:
    """Whatever a browser sends."""
    assert drafts.open("demande", "cookie", box) is None


def test_form_and_cookie_are_told_apart(drafts: SealedDrafts) -> None:
    """A box of form `ab` and cookie `c` is not one of `a` and `bc`."""
    assert drafts.open("a", "bc", drafts.seal("ab", "c", _TYPED)) is None
