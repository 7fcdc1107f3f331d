"""A secret that is sealed for a browser can be read only with that browser's seed."""

import re
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.security.sealed_display import new_seed, public_key_of, seal, unseal

CODE = "ACDE3@HJKLMN4=PQ"


@given(st.text())
def test_the_browser_that_asked_reads_the_code(code: str) -> None:
    """It can unseal any text, repeatedly."""
    seed = new_seed()
    box = seal(public_key_of(seed), code)
    assert [unseal(seed, box), unseal(seed, box)] == [code, code]


def test_another_browser_reads_nothing() -> None:
    """With another seed the box cannot be unsealed."""
    assert unseal(new_seed(), seal(public_key_of(new_seed()), CODE)) is None


def test_the_public_key_unseals_nothing() -> None:
    """A workflow's history has public key and box, which are not enough to read the code."""
    public = public_key_of(new_seed())
    as_seed = b64encode(b64decode(public), b"-_").decode().rstrip("=")
    assert unseal(as_seed, seal(public, CODE)) is None


def test_a_changed_box_is_refused() -> None:
    """One changed bit, in any part of the box, is enough."""
    seed = new_seed()
    raw = bytearray(b64decode(seal(public_key_of(seed), CODE)))
    for place in (0, 32, len(raw) - 1):
        changed = raw.copy()
        changed[place] ^= 1
        assert unseal(seed, b64encode(changed).decode()) is None


@pytest.mark.parametrize("box", ["", "AAAA", "not base64!", "é"])
def test_a_malformed_box_is_refused(box: str) -> None:
    """`unseal` returns None and does not raise."""
    assert unseal(new_seed(), box) is None


@pytest.mark.parametrize("seed", ["", "A" * 42, "A" * 44, "A" * 42 + "!", "é" * 43])
def test_a_malformed_seed_is_refused(seed: str) -> None:
    """It has no public key, and unseals no box."""
    with pytest.raises(ValueError, match=r"seed|ASCII"):
        public_key_of(seed)
    assert unseal(seed, seal(public_key_of(new_seed()), CODE)) is None


def test_a_seed_fits_in_a_cookie() -> None:
    """It is 43 characters that need no encoding in a cookie, different each time."""
    seeds = {new_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", seed) for seed in seeds)
