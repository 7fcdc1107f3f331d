"""The support desk of an election: how voters reach it, as pages and messages say it."""

import re
from typing import Annotated

from pydantic import StringConstraints

from election.rules.texts import ByTelephone, MailAddress, Name
from election.text.translation import gettext as _


class SupportContact(ByTelephone, frozen=True):
    """Where voters find help. Wherever the support desk is named, telephone and hours stand with it.

    `telephone` is short enough for an SMS of one segment; `hours` follows the number in brackets, with the time zone for electors
    who are in another: `du lundi au vendredi, de 9 h à 18 h, heure de Paris`.
    """

    email: MailAddress
    hours: Annotated[Name, StringConstraints(max_length=80)]

    @property
    def shown_hours(self) -> str:
        """The hours in the language that is spoken, with a no-break space before « h »."""
        return re.sub(r"(?<=\d) h\b", "\u00a0h", _(self.hours))

    @property
    def contact(self) -> str:
        """Address, number and hours, as they follow a colon in a sentence."""
        return _("{email} ou {telephone} ({hours})").format(
            email=self.email, telephone=self.shown_telephone, hours=self.shown_hours
        )
