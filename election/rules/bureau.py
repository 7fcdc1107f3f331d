"""The bureau that supervises an election, and its experts: they are told of what operators do to many recoveries at once."""

from typing import Annotated

from pydantic import BaseModel

from election.rules.texts import NO_DOUBLES, MailAddress


class BureauRules(BaseModel, frozen=True, extra="forbid"):
    """Where they are told by mail; nowhere without an address (code général de la fonction publique, R. 211-542 and R. 211-571)."""

    emails: Annotated[tuple[MailAddress, ...], NO_DOUBLES] = ()
