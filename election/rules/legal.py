"""What the law asks of a public site: who publishes it, who answers for personal data, how accessible it is.

Sources: loi n° 2004-575 du 21 juin 2004 (publisher and host); règlement (UE) 2016/679, articles 13 to 22 (personal data);
décret n° 2019-768 du 24 juillet 2019 and arrêté du 20 septembre 2019 (declaration of accessibility, and its three states).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from election.rules.texts import ByTelephone, MailAddress, Name, WebAddress, matching
from election.text.translation import N_

_ALL = 100
_HALF = 50
_Percent = Annotated[float, Field(ge=0, le=_ALL, allow_inf_nan=False)]


class Organisation(ByTelephone, frozen=True):
    """A name with its postal address on one line, and its telephone."""

    name: Name
    address: Name


class Authority(BaseModel, frozen=True, extra="forbid"):
    """Who hears a complaint, how to reach it by post, and the page where one is made."""

    name: Name
    address: Name
    url: WebAddress


CNIL = Authority(
    name=N_("Commission nationale de l’informatique et des libertés (CNIL)"),
    address="3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07",
    url="https://www.cnil.fr/fr/plaintes",
)
DEFENDER_OF_RIGHTS = Authority(
    name=N_("Défenseur des droits"),
    address="Libre réponse 71120, 75342 Paris CEDEX 07",
    url="https://formulaire.defenseurdesdroits.fr/",
)


class LegalBasis(StrEnum):
    """Why personal data may be processed: (UE) 2016/679, article 6.1 c and e. Only the second leaves a right to object (21)."""

    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_TASK = "public_task"


class PersonalDataRules(BaseModel, frozen=True, extra="forbid"):
    """Who answers for personal data, on which basis, and who hears requests and complaints.

    `officer_email` and `officer_address` are those of the délégué à la protection
    des données.
    """

    controller: Name
    controller_address: Name
    officer_email: MailAddress
    officer_address: Name
    legal_basis: LegalBasis
    legal_text: Name
    authority: Authority = CNIL


class State(StrEnum):
    """How much of the RGAA a site respects: less than half or not known, half at least, everything."""

    NOT_COMPLIANT = "not_compliant"
    PARTIALLY_COMPLIANT = "partially_compliant"
    FULLY_COMPLIANT = "fully_compliant"


class AccessibilityAudit(BaseModel, frozen=True, extra="forbid"):
    """An audit by the RGAA: `rate` is how many of the criteria that apply are respected, in percent.

    `pages` are the pages that were audited; `environments` the browsers with their assistive technologies, `tools` what else
    was used.
    """

    by: Name
    day: date
    rgaa: Annotated[str, AfterValidator(matching(r"\d+(\.\d+)*", "the version of the RGAA, as `4.1.2`"))]
    rate: _Percent
    pages: Annotated[tuple[Name, ...], Field(min_length=1)]
    environments: Annotated[tuple[Name, ...], Field(min_length=1)]
    tools: tuple[Name, ...] = ()

    @property
    def state(self) -> State:
        """The state that its rate allows to declare."""
        if self.rate == _ALL:
            return State.FULLY_COMPLIANT
        return State.PARTIALLY_COMPLIANT if self.rate >= _HALF else State.NOT_COMPLIANT


class AccessibilityRules(BaseModel, frozen=True, extra="forbid"):
    """The declaration of accessibility: its state, its day, the audit if there was one, and what is not accessible.

    `failures` do not respect the RGAA, `burdens` are exempt as a disproportionate burden, with the reason, `exempt` is content
    that need not be accessible. `contact` answers whoever cannot read something.
    """

    state: State
    established: date
    contact: MailAddress
    audit: AccessibilityAudit | None = None
    failures: tuple[Name, ...] = ()
    burdens: tuple[Name, ...] = ()
    exempt: tuple[Name, ...] = ()
    plan: WebAddress | None = None
    defender: Authority = DEFENDER_OF_RIGHTS

    @model_validator(mode="after")
    def _as_the_audit_says(self) -> Self:
        audit = self.audit
        if audit is None and self.state is not State.NOT_COMPLIANT:
            raise ValueError(
                f"`state` must be `{State.NOT_COMPLIANT}` where there is no `audit` (arrêté du 20 septembre 2019)"
            )
        if audit and audit.state is not self.state:
            raise ValueError(
                f"`state` must be `{audit.state}`, as `audit.rate` says: from {_HALF} percent on it is "
                f"`{State.PARTIALLY_COMPLIANT}`, with {_ALL} `{State.FULLY_COMPLIANT}` (arrêté du 20 septembre 2019)"
            )
        if audit and audit.day > self.established:
            raise ValueError("`audit.day` must not be after `established`, the day of the declaration")
        if self.state is State.FULLY_COMPLIANT and self.failures:
            raise ValueError(f"`failures` must be empty where `state` is `{State.FULLY_COMPLIANT}`")
        return self


class LegalRules(BaseModel, frozen=True, extra="forbid"):
    """Everything that the pages at the foot of the site say of the organiser."""

    publication_director: Name
    publisher: Organisation
    host: Organisation
    personal_data: PersonalDataRules
    accessibility: AccessibilityRules
