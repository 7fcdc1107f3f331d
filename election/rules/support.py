"""The support desk of an election: how voters reach it, as pages and messages say it."""

import re
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from election.rules.texts import MailAddress, Name, Telephone
from election.text.translation import gettext as _

_NO_BREAK_SPACE = "\u00a0"


class SupportContact(BaseModel, frozen=True, extra="forbid"):
    """Where voters find help. Wherever the support desk is named, telephone and hours stand with it.

    `telephone` is written as it is read, and is short enough for an SMS of one segment; `hours` follows the number in
    brackets: `du lundi au vendredi, de 9 h à 18 h`.
    """

    email: MailAddress
    telephone: Telephone
    hours: Annotated[Name, StringConstraints(max_length=80)]

    @property
    def shown_telephone(self) -> str:
        """The number with no-break spaces, so that it stays on one line."""
        return self.telephone.replace(" ", _NO_BREAK_SPACE)

    @property
    def shown_hours(self) -> str:
        """The hours in the language that is spoken, with a no-break space before « h »."""
        return re.sub(r"(?<=\d) h\b", f"{_NO_BREAK_SPACE}h", _(self.hours))

    @property
    def telephone_uri(self) -> str:
        """The number as a `tel:` address; a French one in its international form, for electors abroad."""
        digits = self.telephone.replace(" ", "")
        return "tel:" + (f"+33{digits[1:]}" if re.fullmatch(r"0[1-9]\d{8}", digits) else digits)

    @property
    def contact(self) -> str:
        """Address, number and hours, as they follow a colon in a sentence."""
        return _("{email} ou {telephone} ({hours})").format(
            email=self.email, telephone=self.shown_telephone, hours=self.shown_hours
        )
