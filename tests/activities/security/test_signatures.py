"""A signature is valid for one purpose and the same fields in the same order, and needs the private half."""

from hypothesis import given
from hypothesis import strategies as st

from activities.security.role_box import RoleOpener, RoleSealer
from activities.security.signatures import Signed, SigningKey, is_signed
from activities.security.signing_keys import new_pairs

MINE, THEIRS = SigningKey(b"1" * 32), SigningKey(b"2" * 32)
FIELDS = ("code-de-vote/c", "link", "key")


def test_a_signature_is_valid_in_every_process() -> None:
    """Whoever has the public half accepts it, made in whichever process of the signer."""
    signature = SigningKey(b"1" * 32).sign(Signed.CLICK, *FIELDS)
    assert is_signed(MINE.public_key, signature, Signed.CLICK, *FIELDS)


@given(st.lists(st.text(max_size=3), max_size=4), st.sampled_from(Signed))
def test_a_signature_is_valid_for_nothing_else(others: list[str], purpose: Signed) -> None:
    """Neither for other fields, nor for another purpose, nor with another key."""
    signature = MINE.sign(Signed.CLICK, *FIELDS)
    is_same = (tuple(others), purpose) == (FIELDS, Signed.CLICK)
    assert is_signed(MINE.public_key, signature, purpose, *others) == is_same
    assert not is_signed(THEIRS.public_key, signature, Signed.CLICK, *FIELDS)


@given(st.lists(st.text(alphabet='",[]|\\a', max_size=3), min_size=1, max_size=3), st.data())
def test_fields_cannot_be_split_otherwise(fields: list[str], data: st.DataObject) -> None:
    """Whatever separators somebody types, other fields have another signature."""
    others = data.draw(st.lists(st.text(alphabet='",[]|\\a', max_size=3), min_size=1, max_size=3))
    signature = MINE.sign(Signed.CLICK, *fields)
    assert is_signed(MINE.public_key, signature, Signed.CLICK, *others) == (fields == others)


@given(st.text(), st.text())
def test_what_is_no_key_or_no_signature_is_refused(key: str, forged: str) -> None:
    """No text raises an error: it is refused like a wrong signature, and so is any with an empty public half."""
    signature = MINE.sign(Signed.CLICK, *FIELDS)
    assert not is_signed(MINE.public_key, forged, Signed.CLICK, *FIELDS)
    assert not is_signed(key, signature, Signed.CLICK, *FIELDS)
    assert not is_signed("", signature, Signed.CLICK, *FIELDS)


def test_the_command_prints_pairs_that_fit() -> None:
    """What one half signs the other one verifies, what one seals the other opens; no two pairs are the same."""
    made = new_pairs()
    for signer in ("WEB", "MESSAGING", "CONSOLE"):
        private = SigningKey(bytes.fromhex(made[f"REASSORT_{signer}_SIGNING_KEY"]))
        signature = private.sign(Signed.CLICK, *FIELDS)
        assert is_signed(made[f"REASSORT_{signer}_PUBLIC_KEY"], signature, Signed.CLICK, *FIELDS)
    sealed = RoleSealer(made["REASSORT_ROLL_PUBLIC_KEY"]).seal(b"a roll")
    assert RoleOpener(bytes.fromhex(made["REASSORT_ROLL_KEY"])).open(sealed) == b"a roll"
    assert len(set(made.values()) | set(new_pairs().values())) == 16
