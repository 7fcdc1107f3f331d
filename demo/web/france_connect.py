"""A simulation of FranceConnect, the State's OpenID provider: the fictional people sign in without a password."""

from collections.abc import Mapping
from typing import Any

from activities.gateways.identity.tokens import digest
from demo.state.people import Person, people
from demo.web.identity_provider import FictionalProvider

_FOREIGN = "99"  # the beginning of INSEE's codes of countries; France is 99100


class FictionalFranceConnect(FictionalProvider):
    """FranceConnect's own: a level, and the identity as a signed JWT. The subject of a person is the work address."""

    name = "france_connect"

    @property
    def discovery(self) -> dict[str, object]:
        """The metadata, with the identity's and the level's."""
        return {
            **super().discovery,
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "userinfo_signing_alg_values_supported": ["ES256"],
            "acr_values_supported": ["eidas1"],
        }

    def claims_of(self, subject: str) -> dict[str, Any]:
        """Return the subject and the level."""
        return {"sub": _subject(subject), "acr": "eidas1"}

    def _checks(self, asked: Mapping[str, str]) -> dict[str, bool]:
        return {**super()._checks(asked), "acr_values": asked.get("acr_values") == "eidas1"}

    def user_info(self, access_token: str) -> str | None:
        """Return the identity behind an access token as a signed JWT, or None; the token is used up."""
        kept = self.redeem(access_token)
        person = next((each for each in people() if kept and each.work_email == kept["subject"]), None)
        return self.signed({"sub": _subject(person.work_email), **_identity(person)}) if person else None


def _identity(person: Person) -> dict[str, str]:
    foreign = person.commune.startswith(_FOREIGN)
    return {
        "family_name": person.birth_name.upper(),
        "given_name": person.first_names,
        "birthdate": person.birth_date,
        "gender": {"F": "female", "M": "male"}[person.sex],
        "birthplace": "" if foreign else person.commune,
        "birthcountry": person.commune if foreign else "99100",
        "email": person.personal_email,
    }


def _subject(work_email: str) -> str:
    return digest(work_email).hex()
