"""An SMS must show a sender that operators let pass."""

import pytest
from pydantic import TypeAdapter, ValidationError

from election.rules.sms_sender import SmsSender

_SENDER: TypeAdapter[str] = TypeAdapter(SmsSender)


@pytest.mark.parametrize("sender", ["MINDEMO", "MinEduc", "ACLYON", "EN2026", "SNES"])
def test_a_name_of_the_organiser_s_own_is_taken(sender: str) -> None:
    """Up to eleven letters or digits."""
    assert _SENDER.validate_python(sender) == sender


@pytest.mark.parametrize("sender", ["ELECTIONS", "Elections", "INFO", "VOTE", "vote2026", "SMS", "NOTICE", "RDV"])
def test_a_generic_name_is_refused_with_the_reason(sender: str) -> None:
    """In either case, and with digits behind it; the message says who blocks it and what to write."""
    with pytest.raises(ValidationError, match=r"is a generic name, which operators block .*organiser's"):
        _SENDER.validate_python(sender)


@pytest.mark.parametrize("sender", ["36105", "0612345678"])
def test_a_sender_of_digits_alone_is_refused(sender: str) -> None:
    """Operators block it as well; a short code would need another type of number in SMPP."""
    with pytest.raises(ValidationError, match="has digits only"):
        _SENDER.validate_python(sender)


@pytest.mark.parametrize("sender", ["", "MIN DEMO", "MIN-DEMO", "MINISTEREDEMO", "ÉDUC"])
def test_other_characters_and_lengths_are_refused(sender: str) -> None:
    """No space, no sign, no accent, no more than eleven."""
    with pytest.raises(ValidationError, match="write 1 to 11 letters without accents or digits"):
        _SENDER.validate_python(sender)
