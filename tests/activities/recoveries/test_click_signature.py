"""The web's signature of a click: for this link, this recovery and this browser, and only with the key."""

from hypothesis import given
from hypothesis import strategies as st

from activities.recoveries.links import Links
from activities.store.database import Database
from tests.support.clock import Clock

OFFLINE = Database("postgresql+psycopg://nowhere")
CLICK = ("voting-code/c", "link", "key")


def _web(key: bytes) -> Links:
    return Links(OFFLINE, key * 32, "https://elections.exemple.fr", Clock())


def test_a_signature_is_recognised() -> None:
    """Any process that has the key knows it again."""
    assert _web(b"1").is_click_signed(*CLICK, _web(b"1").sign_click(*CLICK))


@given(st.sampled_from([0, 1, 2]), st.text(), st.text())
def test_a_signature_is_for_nothing_else(place: int, other: str, forged: str) -> None:
    """Neither another recovery, link or browser, nor another key, nor anything typed."""
    signature = _web(b"1").sign_click(*CLICK)
    recovery, link, key = (other if number == place else part for number, part in enumerate(CLICK))
    assert _web(b"1").is_click_signed(recovery, link, key, signature) == ((recovery, link, key) == CLICK)
    assert not _web(b"2").is_click_signed(*CLICK, signature)
    assert not _web(b"1").is_click_signed(*CLICK, forged)
