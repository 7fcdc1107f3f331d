"""The door's word for a click: for this link, this recovery and this browser, and from nobody without the key."""

from hypothesis import given
from hypothesis import strategies as st

from activities.recoveries.links import Links
from activities.store.database import Database
from tests.support.clock import Clock

OFFLINE = Database("postgresql+psycopg://nowhere")
CLICK = ("voting-code/c", "link", "key")


def _door(key: bytes) -> Links:
    return Links(OFFLINE, key * 32, "https://elections.exemple.fr", Clock())


def test_the_word_is_known_again() -> None:
    """By any process that has the key."""
    assert _door(b"1").is_click_signed(*CLICK, _door(b"1").sign_click(*CLICK))


@given(st.sampled_from([0, 1, 2]), st.text(), st.text())
def test_the_word_is_for_nothing_else(place: int, other: str, forged: str) -> None:
    """Neither another recovery, link or browser, nor another key, nor anything typed."""
    word = _door(b"1").sign_click(*CLICK)
    recovery, link, key = (other if number == place else part for number, part in enumerate(CLICK))
    assert _door(b"1").is_click_signed(recovery, link, key, word) == ((recovery, link, key) == CLICK)
    assert not _door(b"2").is_click_signed(*CLICK, word)
    assert not _door(b"1").is_click_signed(*CLICK, forged)
