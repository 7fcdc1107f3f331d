"""What the site keeps of an elector and how long, by the rules that delete it, and the rights over it."""

from datetime import timedelta
from typing import NamedTuple

from activities.accounts import captchas, sessions
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.rules import retention
from election.rules.legal import LegalBasis
from election.settings import Election
from election.text.numbers import written_duration
from election.text.translation import N_
from election.text.translation import gettext as _
from web.presenters.enumeration import listed
from web.presenters.offer import Offer

# The columns of every roll (docs/roll.md), whether or not the election asks for one of them.
ROLL_IN_CLEAR = N_("Nom de naissance, nom d’usage, prénoms, sexe et adresse de messagerie professionnelle.")
ROLL_HASHED = N_(
    "NUMEN, dix premiers caractères du numéro de sécurité sociale, date, commune et département de naissance\u00a0: leurs "
    "empreintes seulement, qui permettent de comparer ce que vous tapez, et non de le relire."
)


class KeptDatum(NamedTuple):
    """Something that is kept, and for how long, each as a table's cell says it."""

    what: str
    how_long: str


class Right(NamedTuple):
    """A right over one's data, and what it means here."""

    name: str
    meaning: str


def own_secrets(election: Election, offer: Offer) -> str:
    """Return what an elector was given or has chosen, beside the data of the roll: « code de vote et mot de passe »."""
    things = {
        _("code de vote"): offer.voting_code,
        _("identifiant électeur"): offer.identifier,
        _("mot de passe"): True,
        _("réponse secrète"): offer.challenge,
        _(election.proof_datum.label) if election.proof_datum else "": election.proof_datum is not None,
    }
    return listed([thing for thing, is_kept in things.items() if is_kept])


def recipients(election: Election, offer: Offer) -> list[str]:
    """Return who receives personal data."""
    found = [
        _("les personnes que le responsable du traitement a habilitées, et l’assistance"),
        _("l’hébergeur du site\u00a0: {name}").format(name=_(election.legal.host.name)),
        _("le service qui achemine les courriels"),
    ]
    if offer.sms:
        found.append(_("l’opérateur qui achemine les SMS"))
    if offer.france_connect:
        found.append(_("FranceConnect, si vous le choisissez pour prouver qui vous êtes"))
    return found


def kept_data(election: Election, offer: Offer) -> list[KeptDatum]:
    """Return everything that is kept, the shortest-lived first; what this election has not is left out."""
    return [
        *_typed(election, offer),
        *_for_a_moment(election),
        *_of_requests(election, offer),
        *_evidence(election),
    ]


def _typed(election: Election, offer: Offer) -> list[KeptDatum]:
    proofs = _("Réponses données pour prouver qui vous êtes")
    rows = [KeptDatum(proofs, _("Illisibles dès qu’elles sont vérifiées"))]
    if offer.sms or offer.personal_mailbox or Procedure.IDENTIFIER_AND_PASSWORD in election.procedures:
        contact = _("Numéro ou adresse où vous demandez à recevoir un message")
        rows.append(KeptDatum(contact, _("Illisible dès que la demande se termine")))
    letter = _("Message à l’assistance, et adresse pour vous répondre")
    unread = _("Illisibles ici dès que le message est remis à l’assistance, ou après {duration} d’essais")
    return [*rows, KeptDatum(letter, unread.format(duration=written_duration(retention.SUPPORT_LETTERS)))]


def _for_a_moment(election: Election) -> list[KeptDatum]:
    idle, longest = written_duration(sessions.IDLE), written_duration(sessions.LONGEST)
    session = _("{idle} sans activité, {longest} au plus").format(idle=idle, longest=longest)
    key = _("{duration} après la fin du jour où elle sert").format(
        duration=written_duration(retention.ADDRESS_KEYS)
    )
    return [
        KeptDatum(
            _("Code de connexion envoyé par courriel (empreinte)"), _at_most(election.sign_in.code_lifetime)
        ),
        KeptDatum(_("Session"), session),
        KeptDatum(
            _("Réponse à une image à recopier\u00a0: qu’elle a été donnée"), written_duration(captchas.KEPT)
        ),
        KeptDatum(
            _("Clé qui change chaque jour, sans laquelle l’empreinte d’une adresse IP ne dit plus rien"), key
        ),
        KeptDatum(
            _("Nombre d’échecs de connexion et de messages à l’assistance, en tout et par empreinte d’adresse IP"),
            written_duration(retention.RATES),
        ),
    ]


def _of_requests(election: Election, offer: Offer) -> list[KeptDatum]:
    over = written_instant(election.calendar.links_expire + retention.SETTLED_AFTER, election.zone)
    until_over = _("Jusqu’au {instant}").format(instant=over)
    history = _("{duration} après sa fin").format(duration=written_duration(retention.HISTORIES))
    rows = [
        KeptDatum(_("Nombre d’essais qui ont échoué"), _failures_kept()),
        KeptDatum(_("Liens envoyés (empreintes)"), written_duration(retention.LINKS)),
        KeptDatum(_("Déroulement d’une demande\u00a0: étapes, heures, moyen d’envoi, contact masqué"), history),
        KeptDatum(_("Opposition faite par «\u00a0Ce n’était pas moi\u00a0»"), until_over),
    ]
    if offer.sms:
        counts = _("Nombre de SMS demandés, et par empreinte de numéro")
        rows.insert(0, KeptDatum(counts, written_duration(retention.SMS_COUNTS)))
    if Procedure.IDENTIFIER in election.procedures:
        asked = _("Identifiants demandés (empreintes), et empreintes des numéros qui les ont reçus")
        rows.append(KeptDatum(asked, until_over))
    return rows


def _failures_kept() -> str:
    return _("{few} s’il y en a moins de {count}, sinon {many}").format(
        few=written_duration(retention.AFTER_FEW_FAILURES),
        count=retention.FEW_FAILURES,
        many=written_duration(retention.AFTER_MANY_FAILURES),
    )


def _evidence(election: Election) -> list[KeptDatum]:
    closes = election.calendar.vote.closes
    until = written_instant(election.retention.kept_until(closes, closes), election.zone)
    traces = election.retention.access_traces
    return [
        KeptDatum(
            _("Traces de connexion et d’essais\u00a0: référence, résultat, empreinte de l’adresse IP"),
            written_duration(traces),
        ),
        KeptDatum(_("Journal du serveur\u00a0: adresse IP, page, heure"), _at_most(traces)),
        KeptDatum(
            _("Journal de l’élection, registre des envois et chiffres, par références sans nom"),
            _("Jusqu’au {instant} au moins, et tant qu’un recours est en cours").format(instant=until),
        ),
        KeptDatum(_("Liste électorale"), _("Jusqu’à la fin des délais de recours")),
    ]


def _at_most(duration: timedelta) -> str:
    return _("{duration} au plus").format(duration=written_duration(duration))


def rights(basis: LegalBasis) -> list[Right]:
    """Return the rights that a legal basis leaves: (UE) 2016/679, articles 15 to 21, and loi n° 78-17, article 85."""
    found = [
        Right(_("Accès"), _("savoir ce qui est enregistré à votre sujet, et en recevoir une copie")),
        Right(_("Rectification"), _("faire corriger ce qui est faux ou incomplet")),
        Right(_("Limitation"), _("faire suspendre l’usage de vos données, le temps d’un examen")),
        Right(
            _("Effacement"),
            _(
                "faire effacer ce qui n’a plus de raison d’être gardé\u202f; ce que la loi demande de garder ne peut pas être effacé"
            ),
        ),
    ]
    if basis is LegalBasis.PUBLIC_TASK:
        objection = _("vous opposer au traitement, pour des raisons tenant à votre situation")
        found.append(Right(_("Opposition"), objection))
    return [*found, Right(_("Après votre décès"), _("dire ce que vos données doivent devenir"))]
