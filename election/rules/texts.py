"""Values of the election's file that are text: each wrong one is refused with a sentence that says what to write."""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, StringConstraints

_FEWEST_LETTERS = 10
_LONGEST_REASON = 200
_SHORTEST_REASON = 15
T = TypeVar("T")


def matching(pattern: str, told: str) -> Callable[[str], str]:
    """Return a validator of texts that have the whole pattern; `told` says in words what to write."""

    def _matches(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"`{text}` cannot be used: write {told}")
        return text

    return _matches


def _without_doubles(entries: tuple[T, ...]) -> tuple[T, ...]:
    doubled = {str(each) for each in entries if entries.count(each) > 1}
    if doubled:
        raise ValueError(f"{', '.join(f'`{each}`' for each in sorted(doubled))} is written twice: write it once")
    return entries


def _in_words(reason: str) -> str:
    letters = sum(character.isalpha() for character in reason)
    if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON or letters < _FEWEST_LETTERS:
        raise ValueError(f"write the reason in words, in {_SHORTEST_REASON} to {_LONGEST_REASON} characters")
    return reason


def _named(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("is blank: write a text")
    return text


# Where an entry counts once, a second one is a slip.
NO_DOUBLES = AfterValidator(_without_doubles)
Name = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_named)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_in_words)]
ElectionId = Annotated[
    str, AfterValidator(matching("[a-z0-9-]{1,32}", "1 to 32 small letters without accents, digits or hyphens"))
]
MailAddress = Annotated[
    str, AfterValidator(matching(r"[^@\s]+@[^@\s]+", "one address without spaces, as `assistance@elections.fr`"))
]
Telephone = Annotated[
    str,
    AfterValidator(
        matching(r"(?=.{4,17}$)\+?[0-9]+( [0-9]+)*", "4 to 17 digits and single spaces, as `01 99 00 12 34`")
    ),
]
WebAddress = Annotated[
    str,
    AfterValidator(
        matching(r"https?://[^\s/]+(/\S*)?", "an address without spaces, as `https://www.cnil.fr/fr/plaintes`")
    ),
]
# Wide patterns would take personal mailboxes for the ministry's: `*` stands in a longer first label only.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
WorkDomain = Annotated[
    str,
    AfterValidator(
        matching(
            rf"(?:{_LABEL}|[A-Za-z0-9][A-Za-z0-9-]+\*)(?:\.{_LABEL})+",
            "a domain without `@`, as `education.gouv.fr`, which has its subdomains; or one `*` at the end of the first "
            "part, after two characters at least, as `ac-*.fr`",
        )
    ),
]


class ByTelephone(BaseModel, frozen=True, extra="forbid"):
    """Who can be called: `telephone` is written as it is read."""

    telephone: Telephone

    @property
    def shown_telephone(self) -> str:
        """The number with no-break spaces, so that it stays on one line."""
        return self.telephone.replace(" ", "\u00a0")

    @property
    def telephone_uri(self) -> str:
        """The number as a `tel:` address; a French one in its international form, for electors abroad."""
        digits = self.telephone.replace(" ", "")
        return "tel:" + (f"+33{digits[1:]}" if re.fullmatch(r"0[1-9]\d{8}", digits) else digits)
