"""What a voter may say of their own situation, and the one answer to it: for this election, at this instant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.settings import Election
from election.text.translation import N_
from election.text.translation import gettext as _
from election.timetable import Availability
from web.presenters.calendar import requests_sentence
from web.presenters.offer import Offer
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.procedures.record import ProcedureRecord
from web.presenters.proof_texts import proof_texts

_URL = "/aide/situations"


class Situation(StrEnum):
    """A situation; its value is the end of its page's address."""

    NOTICE = "notice"
    SECRET_ANSWER = "reponse-secrete"  # noqa: S105 - the name of a page
    MAILBOX = "messagerie"
    IDENTIFIER = "identifiant"
    CHANGE = "changement"
    NO_MOBILE = "sans-mobile"

    @property
    def question(self) -> str:
        """What the voter says."""
        return _(_QUESTIONS[self])

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"{_URL}/{self}"


_QUESTIONS = {
    Situation.NOTICE: N_("Je n’ai pas reçu ma notice"),
    Situation.SECRET_ANSWER: N_("J’ai oublié ma réponse secrète"),
    Situation.MAILBOX: N_("Je n’ai plus accès à ma messagerie"),
    Situation.IDENTIFIER: N_("Je ne connais pas mon identifiant"),
    Situation.CHANGE: N_("J’ai changé de nom ou d’académie"),
    Situation.NO_MOBILE: N_("Je n’ai pas de mobile"),
}


# « Je n’ai pas reçu ma notice » beside « J’ai perdu… ma notice de vote » would be the same twice.
_SAID_BY = {
    Situation.NOTICE: Procedure.IDENTIFIER_AND_PASSWORD,
    Situation.IDENTIFIER: Procedure.IDENTIFIER,
}


_ONLY_TO_THE_MAILBOX = {
    Procedure.PASSWORD: N_("Le lien pour un nouveau mot de passe n’arrive que dans cette messagerie."),
    Procedure.IDENTIFIER_AND_PASSWORD: N_("Le lien pour voter sans notice n’arrive que dans cette messagerie."),
}


@dataclass(frozen=True)
class Answer:
    """What a voter in a situation can do; without `url` and `action`, the label of its button, the support desk helps."""

    sentences: list[str]
    url: str | None = None
    action: str | None = None


@dataclass(frozen=True)
class _Asked:
    election: Election
    offer: Offer
    now: datetime

    def has(self, procedure: Procedure) -> bool:
        return procedure in self.election.procedures

    def availability(self, procedure: Procedure) -> Availability:
        return self.election.calendar.period_of(procedure).availability(self.now)

    def best(self, *procedures: Procedure) -> Procedure | None:
        """Return the first of them that takes requests; else the next to open; else one that is closed; None where none is offered."""
        offered = [each for each in procedures if self.has(each)]
        order = (Availability.OPEN, Availability.NOT_YET, Availability.CLOSED)
        return min(offered, key=lambda each: order.index(self.availability(each)), default=None)


def offered_situations(offer: Offer) -> list[Situation]:
    """Return the situations that a voter of this election can be in."""
    left_out = set() if offer.challenge else {Situation.SECRET_ANSWER}
    left_out |= set() if offer.sms else {Situation.NO_MOBILE}
    return [situation for situation in Situation if situation not in left_out]


def situations_beside(recoverable: Sequence[ProcedureRecord], offer: Offer) -> list[Situation]:
    """Return the situations for a page that lists what is recoverable: without those that say the same as an entry of that list."""
    said = {each for each, procedure in _SAID_BY.items() if CATALOGUE[procedure] in recoverable}
    return [situation for situation in offered_situations(offer) if situation not in said]


def answer(situation: Situation, election: Election, offer: Offer, now: datetime) -> Answer:
    """Return the answer to a situation that the election's voters can be in."""
    return _ANSWERS[situation](_Asked(election, offer, now))


def _notice(asked: _Asked) -> Answer:
    ways = (Procedure.IDENTIFIER_AND_PASSWORD, Procedure.VOTING_CODE, Procedure.IDENTIFIER)
    best = asked.best(*ways)
    is_over = best is not None and asked.availability(best) is Availability.CLOSED
    return _leading_to(asked, [] if is_over else [_("Vous pouvez voter sans attendre la notice.")], best)


def _secret_answer(asked: _Asked) -> Answer:
    said = [
        _("Personne ne peut lire cette réponse, pas même l’assistance, et elle ne se remplace pas."),
        _(
            "Elle ne sert qu’à obtenir un nouveau code de vote\u00a0: si vous avez encore le vôtre, vous pouvez voter sans elle."
        ),
    ]
    if not asked.offer.france_connect:
        return Answer([*said, _("L’assistance vous dira ce qui reste possible.")])
    said.append(_("FranceConnect prouve qui vous êtes sans elle\u00a0: le lien arrive à l’adresse de ce compte."))
    contact = asked.election.support.contact
    said.append(
        _("Sans compte FranceConnect, l’assistance vous dira ce qui reste possible\u00a0: {contact}.").format(
            contact=contact
        )
    )
    needed = _("votre mot de passe Élections et votre compte FranceConnect")
    return _by(asked, said, Procedure.VOTING_CODE, needed)


def _mailbox(asked: _Asked) -> Answer:
    said = [
        _(
            "Le plus souvent, vous pouvez vous connecter sans lire cette messagerie, avec votre adresse et votre mot de passe Élections."
        )
    ]
    said += [_(sentence) for procedure, sentence in _ONLY_TO_THE_MAILBOX.items() if asked.has(procedure)]
    said.append(_("Le service qui gère cette messagerie peut vous en rendre l’accès."))
    if asked.offer.voting_code:
        said.append(
            _("Le lien pour un nouveau code de vote arrive ailleurs\u00a0: {channels}.").format(
                channels=asked.offer.code_channels
            )
        )
        return _by(asked, said, Procedure.VOTING_CODE)
    if asked.has(Procedure.IDENTIFIER):
        said.append(_("Un nouvel identifiant arrive par SMS."))
        return _by(asked, said, Procedure.IDENTIFIER)
    return Answer(said)


def _identifier(asked: _Asked) -> Answer:
    if not asked.offer.identifier:
        said = [
            _(
                "Pour vous connecter, il vous faut votre adresse de messagerie professionnelle, comme prenom.nom@ac-ville.fr."
            ),
            _(
                "Cette élection n’a pas d’autre identifiant. Si vous ne connaissez pas cette adresse, écrivez à l’assistance."
            ),
        ]
        return Answer(said, "/connexion", _("Se connecter"))
    said = [
        _("L’identifiant électeur de votre notice ouvre l’espace de vote."),
        _("Pour vous connecter à ce portail, il n’est pas demandé\u00a0: votre adresse professionnelle suffit."),
    ]
    return _leading_to(asked, said, asked.best(Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD))


def _change(asked: _Asked) -> Answer:
    said = [
        _("Connectez-vous avec l’adresse professionnelle que vous aviez quand la liste électorale a été établie."),
        _("Si elle a changé depuis, essayez l’ancienne."),
    ]
    if asked.offer.france_connect:
        said.append(
            _("FranceConnect compare votre nom de naissance\u00a0: un nouveau nom d’usage n’y change rien.")
        )
    lists = asked.election.calendar.electoral_lists
    if lists and lists.availability(asked.now) is Availability.OPEN:
        until = written_instant(lists.closes, asked.election.zone)
        said.append(
            _("Les listes électorales se consultent sur un autre site, jusqu’au {until}.").format(until=until)
        )
    said.append(
        _(
            "La liste ne se corrige pas ici. Dites à l’assistance votre ancien et votre nouveau nom, ou vos deux académies\u00a0: "
            "elle vous dira ce qui reste possible."
        )
    )
    return Answer(said)


def _no_mobile(asked: _Asked) -> Answer:
    has_code = asked.offer.voting_code and (asked.offer.personal_mailbox or asked.offer.france_connect)
    said = [*(_code_without_mobile(asked) if has_code else []), *_identifier_without_mobile(asked)]
    if has_code:
        return _by(asked, said, Procedure.VOTING_CODE)
    if asked.has(Procedure.IDENTIFIER_AND_PASSWORD):
        return _by(asked, said, Procedure.IDENTIFIER_AND_PASSWORD)
    return Answer([*said, _("L’assistance vous dira ce qui reste possible.")])


def _code_without_mobile(asked: _Asked) -> list[str]:
    to_mailbox = _(
        "Le lien pour un nouveau code de vote peut arriver par courriel, dans une messagerie personnelle\u00a0: "
        "choisissez «\u00a0Par courriel\u00a0»."
    )
    to_account = _("Avec FranceConnect, il arrive par courriel, à l’adresse de ce compte.")
    ways = {to_mailbox: asked.offer.personal_mailbox, to_account: asked.offer.france_connect}
    return [way for way, has in ways.items() if has]


def _identifier_without_mobile(asked: _Asked) -> list[str]:
    both = _(
        "Pour voter sans notice, un mobile n’est pas nécessaire\u00a0: un lien arrive dans votre messagerie professionnelle, et "
        "remplace l’identifiant électeur et le mot de passe."
    )
    alone = _(
        "L’identifiant électeur seul n’est remplacé que par SMS, et un numéro ne sert qu’à une personne. Celui de votre "
        "notice ouvre l’espace de vote tant que vous n’en avez pas demandé d’autre."
    )
    ways = {both: Procedure.IDENTIFIER_AND_PASSWORD, alone: Procedure.IDENTIFIER}
    return [way for way, procedure in ways.items() if asked.has(procedure)]


def _leading_to(asked: _Asked, said: list[str], procedure: Procedure | None) -> Answer:
    """Return the answer that also says what comes of a procedure, unless it is closed."""
    if procedure is None:
        return Answer([*said, _("L’assistance vous dira ce qui est possible.")])
    is_over = asked.availability(procedure) is Availability.CLOSED
    return _by(asked, said if is_over else [*said, _(CATALOGUE[procedure].outcome)], procedure)


def _by(asked: _Asked, said: list[str], procedure: Procedure, needed: str = "") -> Answer:
    """Return the answer that leads to a procedure's page, or says when it opens or that it is closed."""
    dates = requests_sentence(asked.election, procedure, asked.now)
    if asked.availability(procedure) is not Availability.OPEN:
        return Answer([*said, dates, *_links_still_work(asked, procedure)])
    record = CATALOGUE[procedure]
    prepared = _("Préparez {needed}.").format(needed=needed or _needed(asked, procedure))
    return Answer([*said, prepared, dates], record.url, _(record.action))


def _links_still_work(asked: _Asked, procedure: Procedure) -> list[str]:
    """Return until when a link works that was received before the requests closed (2011)."""
    calendar = asked.election.calendar
    is_over = asked.availability(procedure) is Availability.CLOSED
    if procedure is not Procedure.IDENTIFIER_AND_PASSWORD or not is_over or asked.now >= calendar.links_expire:
        return []
    until = written_instant(calendar.links_expire, asked.election.zone)
    return [
        _("Un lien déjà reçu dans votre messagerie professionnelle fonctionne encore, jusqu’au {until}.").format(
            until=until
        )
    ]


def _needed(asked: _Asked, procedure: Procedure) -> str:
    match procedure:
        case Procedure.VOTING_CODE:
            return _needed_for_a_code(asked)
        case Procedure.PASSWORD:
            return _("l’accès à votre messagerie professionnelle")
        case Procedure.IDENTIFIER:
            return _("votre NUMEN, votre date de naissance et un téléphone mobile")
        case Procedure.IDENTIFIER_AND_PASSWORD:
            return _("votre NUMEN, votre département de naissance et l’accès à votre messagerie professionnelle")


def _needed_for_a_code(asked: _Asked) -> str:
    named = proof_texts(asked.election).named
    if not asked.offer.challenge:
        return _("votre mot de passe Élections et votre compte FranceConnect")
    if not asked.offer.france_connect:
        return _("votre mot de passe Élections, votre réponse secrète et {named}").format(named=named)
    return _(
        "votre mot de passe Élections, et soit votre réponse secrète avec {named}, soit votre compte FranceConnect"
    ).format(named=named)


_ANSWERS: dict[Situation, Callable[[_Asked], Answer]] = {
    Situation.NOTICE: _notice,
    Situation.SECRET_ANSWER: _secret_answer,
    Situation.MAILBOX: _mailbox,
    Situation.IDENTIFIER: _identifier,
    Situation.CHANGE: _change,
    Situation.NO_MOBILE: _no_mobile,
}
