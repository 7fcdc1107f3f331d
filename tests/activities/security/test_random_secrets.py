"""Random secrets have the shape that the election defines."""

import pytest

from activities.security.random_secrets import SecretShape, generate_secret
from election.shapes import GeneratedPasswordShape, IdentifierShape, VotingCodeShape


@pytest.mark.parametrize(
    "shape",
    [VotingCodeShape(), GeneratedPasswordShape(), IdentifierShape()],
    ids=lambda shape: type(shape).__name__,
)
def test_every_drawn_secret_has_its_shape(shape: SecretShape) -> None:
    """Its length, its alphabet and each required kind of character; 200 secrets are all different."""
    drawn = [generate_secret(shape) for _ in range(200)]
    assert {len(each) for each in drawn} == {shape.length}
    assert all(set(each) <= set(shape.alphabet) and shape.fits(each) for each in drawn)
    assert len(set(drawn)) == len(drawn)


def test_a_secret_that_does_not_fit_is_drawn_again() -> None:
    """If only one character fits the shape, that one is returned."""

    class OnlyB:
        length = 1
        alphabet = "ab"

        def fits(self, drawn: str) -> bool:
            return drawn == "b"

    assert generate_secret(OnlyB()) == "b"
