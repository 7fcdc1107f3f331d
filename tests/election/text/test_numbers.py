"""Numbers in French sentences."""

from election.text.numbers import written_number


def test_thousands_are_separated_by_narrow_non_breaking_spaces() -> None:
    """Below a thousand nothing is added."""
    assert [written_number(number) for number in (0, 999, 1_000, 1_234_567)] == [
        "0",
        "999",
        "1\u202f000",
        "1\u202f234\u202f567",
    ]
