"""The web's signature of a click is valid for one recovery, one link and one browser, and needs the key."""

from hypothesis import given
from hypothesis import strategies as st

from activities.recoveries.links import Links
from activities.store.database import Database
from tests.support.clock import Clock

OFFLINE = Database("postgresql+psycopg://nowhere")
CLICK = ("voting-code/c", "link", "key")


def _web(key: bytes) -> Links:
    return Links(OFFLINE, key * 32, "https://elections.exemple.fr", Clock())


def test_a_signature_is_valid_in_every_process() -> None:
    """Another process with the same key accepts it."""
    assert _web(b"1").is_click_signed(*CLICK, _web(b"1").sign_click(*CLICK))


@given(st.sampled_from([0, 1, 2]), st.text(), st.text())
def test_a_signature_is_valid_for_nothing_else(position: int, other: str, forged: str) -> None:
    """It is refused for another recovery, link, browser or key; and so is a forged one."""
    signature = _web(b"1").sign_click(*CLICK)
    recovery, link, key = (other if number == position else part for number, part in enumerate(CLICK))
    assert _web(b"1").is_click_signed(recovery, link, key, signature) == ((recovery, link, key) == CLICK)
    assert not _web(b"2").is_click_signed(*CLICK, signature)
    assert not _web(b"1").is_click_signed(*CLICK, forged)
