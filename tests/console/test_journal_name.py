"""What the journal has of an operator."""

import pytest

from activities.evidence.journal import LONGEST_ACTOR, storable
from activities.gateways.identity.operators import LONGEST_LOGIN
from console.context.operator import journal_name


@pytest.mark.parametrize(
    ("name", "login", "kept"),
    [
        ("Octave Petit", "o.petit", "Octave Petit (o.petit)"),
        ("O" * 54, "o.petit", f"{'O' * 54} (o.petit)"),
        ("O" * 55, "o.petit", f"{'O' * 53}… (o.petit)"),
        (f"{'O' * 52} Petit", "o.petit", f"{'O' * 52}… (o.petit)"),
        ("Octave Petit", "x" * LONGEST_LOGIN, f"… ({'x' * LONGEST_LOGIN})"),
        ("O", "x" * LONGEST_LOGIN, f"O ({'x' * LONGEST_LOGIN})"),
    ],
)
def test_the_journal_has_the_whole_login(name: str, login: str, kept: str) -> None:
    """However long the name is; an ordinary one is whole too."""
    assert storable(journal_name(name, login), LONGEST_ACTOR) == kept
