"""What pages say of a procedure: one record for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import RecoveryStatus


@dataclass(frozen=True)
class UnusableLink:
    """The page of a link that cannot be used: its title, the reason, and what to do.

    `onward` is the button for what the voter wants to do next: its label and address. `shown_elsewhere` is what is said
    while the secret is still on screen in another browser.
    """

    title: str
    reason: str
    advice: str
    onward: tuple[str, str] | None = None
    shown_elsewhere: str = ""

    def translated(self) -> Self:
        """Return it in the language that is spoken."""
        onward = (_(self.onward[0]), self.onward[1]) if self.onward else None
        return type(self)(_(self.title), _(self.reason), _(self.advice), onward, _(self.shown_elsewhere))


@dataclass(frozen=True)
class FollowUpTexts:
    """The follow-up page: its title and sentences for a status, in the language that is spoken, and where its buttons lead.

    `ways` are what the voter can do while another request is accepted.
    """

    title: Callable[[RecoveryStatus], str]
    sentences: Callable[[RecoveryStatus], list[str]]
    ways: Callable[[RecoveryStatus], list[str]]
    retry_label: str
    retry_url: str
    vote_url: str


@dataclass(frozen=True)
class ProcedureRecord:
    """A procedure's own texts and addresses; every text is French, and is translated where it is shown.

    `thing` ends the sentence « J’ai perdu… »; `requests` names the requests in the plural, as a sentence begins;
    `forgotten_label` is its link on the sign-in page of the voting space, None where it has none; `guide_name` ends
    the address of its guide's page, whose text is `guide_template`; `refusals` has the refusals that this procedure words in its own
    way.
    """

    label: str
    thing: str
    requests: str
    outcome: str
    action: str
    url: str
    title: str
    forgotten_label: str | None
    support_name: str
    guide_title: str
    guide_name: str
    guide_template: str
    unusable_links: Mapping[LinkVerdict, UnusableLink] = field(default_factory=dict)
    refusals: Mapping[Verdict, str] = field(default_factory=dict)
    follow_up: FollowUpTexts | None = None

    @property
    def guide_url(self) -> str:
        """The path of its guide's page."""
        return f"/aide/guides/{self.guide_name}"


UNKNOWN_LINK = UnusableLink(
    N_("Lien inconnu"),
    N_("Ce lien n’existe pas. Vérifiez que l’adresse est complète\u00a0: un lien coupé ne fonctionne pas."),
    N_("Rouvrez-le depuis le message reçu, ou recopiez-le en entier."),
)
_REPLACED = UnusableLink(
    N_("Lien remplacé"),
    N_(
        "Un lien plus récent vous a été envoyé, ou votre mot de passe a été remplacé depuis\u00a0: ce lien ne fonctionne plus."
    ),
    N_("Ouvrez le dernier message reçu, ou faites une nouvelle demande."),
)
_STOPPED = UnusableLink(
    N_("Lien interrompu"),
    N_(
        "Une opposition a été faite depuis la messagerie professionnelle\u00a0: ce lien ne fonctionne plus, et les demandes "
        "sont suspendues."
    ),
    N_("Joignez l’assistance\u00a0: elle peut rétablir les demandes après vous avoir parlé."),
)


def unusable_links(
    *,
    used_reason: str,
    used_advice: str,
    used_onward: tuple[str, str],
    expired_advice: str,
    cancelled_advice: str,
    used_shown: str = "",
) -> dict[LinkVerdict, UnusableLink]:
    """Return a procedure's texts for each verdict of a link that is not live."""
    return {
        LinkVerdict.UNKNOWN: UNKNOWN_LINK,
        LinkVerdict.USED: UnusableLink(N_("Lien déjà utilisé"), used_reason, used_advice, used_onward, used_shown),
        LinkVerdict.EXPIRED: UnusableLink(
            N_("Lien expiré"),
            N_("Ce lien n’est plus valable\u00a0: le temps pour l’utiliser est passé."),
            expired_advice,
        ),
        LinkVerdict.REPLACED: _REPLACED,
        LinkVerdict.CANCELLED: UnusableLink(
            N_("Lien annulé"),
            N_("Cette demande a été annulée\u00a0: son lien ne fonctionne plus."),
            cancelled_advice,
        ),
        LinkVerdict.STOPPED: _STOPPED,
    }
