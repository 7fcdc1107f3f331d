"""What an election offers, by which pages leave out what it has not."""

from dataclasses import dataclass

from election.procedures import Procedure
from election.rules.proofs import Datum
from election.settings import Election
from election.stages import Channel
from election.text.translation import gettext as _
from web.presenters.enumeration import either, listed


@dataclass(frozen=True)
class Offer:
    """What voters of an election meet: a word for anything else has no place on its pages.

    `challenge` and `france_connect` are the two proofs for a new voting code; `identifier` is the notice's, which opens the
    voting space (2018, 2011), as opposed to the work address, by which everyone signs in; `activation` is the message by
    which an elector chooses a password; `follow_up` is the page that follows a request; `password_on_screen` is whether a
    generated password may have been shown, in groups (2011).
    """

    voting_code: bool
    password: bool
    challenge: bool
    france_connect: bool
    sms: bool
    code_by_sms: bool
    personal_mailbox: bool
    identifier: bool
    numen: bool
    nir: bool
    activation: bool
    follow_up: bool
    password_on_screen: bool

    @property
    def replaced(self) -> str:
        """What is replaced when it is lost: « les codes de vote et les mots de passe »."""
        things = {_("les codes de vote"): self.voting_code, _("les identifiants"): self.identifier}
        return listed([*(thing for thing, has in things.items() if has), _("les mots de passe")])

    @property
    def secrets_are_told_nobody(self) -> str:
        """The sentence that an elector tells nobody the secrets."""
        if len(self._secrets) == 1:
            return _("Ne donnez votre mot de passe à personne\u00a0: l’assistance ne vous le demandera jamais.")
        return _("Ne donnez à personne {secrets}\u00a0: l’assistance ne vous les demandera jamais.").format(
            secrets=either(self._secrets)
        )

    @property
    def secrets_are_not_sent(self) -> str:
        """The sentence that a letter to the support desk has none of the secrets and proofs."""
        proofs = {_("votre NUMEN"): self.numen, _("votre numéro de sécurité sociale"): self.nir}
        unsent = [*self._secrets, *(proof for proof, has in proofs.items() if has)]
        if len(unsent) == 1:
            return _("N’écrivez pas votre mot de passe\u00a0: l’assistance ne vous le demandera jamais.")
        return _("N’écrivez pas {unsent}\u00a0: l’assistance ne vous les demandera jamais.").format(
            unsent=either(unsent)
        )

    @property
    def code_channels(self) -> str:
        """How the link for a new voting code arrives: « par SMS ou dans une messagerie personnelle »."""
        ways = {_("par SMS"): self.code_by_sms, _("dans une messagerie personnelle"): self.personal_mailbox}
        return either(
            [way for way, has in ways.items() if has] or [_("à l’adresse de votre compte FranceConnect")]
        )

    @property
    def password_spelling(self) -> str:
        """What counts when a password is typed."""
        if self.password_on_screen:
            return _(
                "Respectez les majuscules et les minuscules. Les espaces comptent, sauf entre les groupes d’un mot de passe "
                "affiché par ce site."
            )
        return _("Respectez les majuscules, les minuscules et les espaces.")

    @property
    def _secrets(self) -> list[str]:
        secrets = {
            _("votre code de vote"): self.voting_code,
            _("votre mot de passe"): True,
            _("votre réponse secrète"): self.challenge,
        }
        return [secret for secret, has in secrets.items() if has]


def offer_of(election: Election, *, has_provider: bool) -> Offer:
    """Return what an election offers; `has_provider` is whether the settings name FranceConnect's provider."""
    procedures, rules = set(election.procedures), election.voting_code_recovery
    has_code, has_identifier = Procedure.VOTING_CODE in procedures, Procedure.IDENTIFIER in procedures
    is_challenged = has_code and rules.challenge_question
    asks_numen = has_identifier or Procedure.IDENTIFIER_AND_PASSWORD in procedures
    code_by_sms = is_challenged and Channel.SMS in rules.channels
    return Offer(
        voting_code=has_code,
        password=Procedure.PASSWORD in procedures,
        challenge=is_challenged,
        france_connect=has_code and rules.france_connect and has_provider,
        sms=code_by_sms or has_identifier,
        code_by_sms=code_by_sms,
        personal_mailbox=is_challenged and Channel.EMAIL in rules.channels,
        identifier=election.voting_space.identifier_and_password,
        numen=asks_numen or (is_challenged and Datum.NUMEN in rules.proofs),
        nir=is_challenged and Datum.NIR in rules.proofs,
        activation=has_code or Procedure.PASSWORD in procedures,
        follow_up=has_code or has_identifier,
        password_on_screen=Procedure.IDENTIFIER_AND_PASSWORD in procedures,
    )
