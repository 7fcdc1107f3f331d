"""Secrets are drawn in the shape of the election."""

import pytest

from activities.security.random_secrets import SecretShape, draw_secret
from election.shapes import DrawnPasswordShape, IdentifierShape, VotingCodeShape


@pytest.mark.parametrize(
    "shape",
    [VotingCodeShape(), DrawnPasswordShape(), IdentifierShape()],
    ids=lambda shape: type(shape).__name__,
)
def test_every_drawn_secret_has_its_shape(shape: SecretShape) -> None:
    """Its length, its alphabet and each kind of character that it must have; no two are the same."""
    drawn = [draw_secret(shape) for _ in range(200)]
    assert {len(each) for each in drawn} == {shape.length}
    assert all(set(each) <= set(shape.alphabet) and shape.fits(each) for each in drawn)
    assert len(set(drawn)) == len(drawn)


def test_a_secret_that_does_not_fit_is_drawn_again() -> None:
    """A shape that only one character fits gets that one."""

    class OnlyB:
        length = 1
        alphabet = "ab"

        def fits(self, drawn: str) -> bool:
            return drawn == "b"

    assert draw_secret(OnlyB()) == "b"
