"""What the site keeps of an elector and how long, by the rules that delete it, and the rights over it."""

from typing import NamedTuple

from activities.accounts import captchas, sessions
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.rules import retention
from election.rules.legal import LegalBasis
from election.settings import Election
from election.text.numbers import written_duration
from web.presenters.enumeration import listed
from web.presenters.offer import Offer

# The columns of every roll (docs/roll.md), whether or not the election asks for one of them.
ROLL_IN_CLEAR = "Nom de naissance, nom d’usage, prénoms, sexe et adresse de messagerie professionnelle."
ROLL_HASHED = (
    "NUMEN, dix premiers caractères du numéro de sécurité sociale, date, commune et département de naissance\u00a0: leurs "
    "empreintes seules, qui permettent de comparer ce que vous tapez, et non de le relire."
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
        "code de vote": offer.voting_code,
        "identifiant électeur": offer.identifier,
        "mot de passe": True,
        "réponse secrète": offer.challenge,
        election.proof_datum.label if election.proof_datum else "": election.proof_datum is not None,
    }
    return listed([thing for thing, is_kept in things.items() if is_kept])


def recipients(election: Election, offer: Offer) -> list[str]:
    """Return who receives personal data."""
    found = [
        "les personnes que le responsable de traitement a habilitées, et l’assistance",
        f"l’hébergeur du site\u00a0: {election.legal.host.name}",
        "le service qui achemine les courriels",
    ]
    if offer.sms:
        found.append("l’opérateur qui achemine les SMS")
    if offer.france_connect:
        found.append("FranceConnect, si vous le choisissez pour prouver qui vous êtes")
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
    proofs = "Réponses données pour prouver qui vous êtes"
    rows = [KeptDatum(proofs, "Illisibles dès qu’elles sont vérifiées")]
    if offer.sms or offer.personal_mailbox or Procedure.IDENTIFIER_AND_PASSWORD in election.procedures:
        contact = "Numéro ou adresse où vous demandez à recevoir un message"
        rows.append(KeptDatum(contact, "Illisible dès que la demande se termine"))
    letter = "Message à l’assistance, et adresse pour vous répondre"
    return [*rows, KeptDatum(letter, "Illisibles ici dès que le message est remis à l’assistance")]


def _for_a_moment(election: Election) -> list[KeptDatum]:
    idle, longest = written_duration(sessions.IDLE), written_duration(sessions.LONGEST)
    code = written_duration(election.sign_in.code_lifetime)
    key = written_duration(retention.ADDRESS_KEYS)
    return [
        KeptDatum("Code de connexion envoyé par courriel (empreinte)", f"{_upper(code)} au plus"),
        KeptDatum("Session", f"{_upper(idle)} sans activité, {longest} au plus"),
        KeptDatum(
            "Réponse à une image à recopier\u00a0: qu’elle a été donnée", _upper(written_duration(captchas.KEPT))
        ),
        KeptDatum(
            "Clé qui change chaque jour, sans laquelle l’empreinte d’une adresse réseau ne dit plus rien",
            f"{_upper(key)} après le sien",
        ),
        KeptDatum(
            "Nombre d’échecs de connexion et de messages à l’assistance, en tout et par empreinte d’adresse réseau",
            _upper(written_duration(retention.RATES)),
        ),
    ]


def _of_requests(election: Election, offer: Offer) -> list[KeptDatum]:
    few, many = written_duration(retention.AFTER_FEW_FAILURES), written_duration(retention.AFTER_MANY_FAILURES)
    over = written_instant(election.calendar.links_expire + retention.SETTLED_AFTER, election.zone)
    rows = [
        KeptDatum(
            "Nombre d’essais faux", f"{_upper(few)} s’il y en a moins de {retention.FEW_FAILURES}, sinon {many}"
        ),
        KeptDatum("Liens envoyés (empreintes)", _upper(written_duration(retention.LINKS))),
        KeptDatum(
            "Déroulement d’une demande\u00a0: étapes, heures, moyen d’envoi, contact masqué",
            f"{_upper(written_duration(retention.HISTORIES))} après sa fin",
        ),
        KeptDatum("Opposition faite par «\u00a0Ce n’était pas moi\u00a0»", f"Jusqu’au {over}"),
    ]
    if offer.sms:
        counts = "Nombre de SMS demandés, et par empreinte de numéro"
        rows.insert(0, KeptDatum(counts, _upper(written_duration(retention.SMS_COUNTS))))
    if Procedure.IDENTIFIER in election.procedures:
        asked = "Identifiants demandés (empreintes), et empreintes des numéros qui les ont reçus"
        rows.append(KeptDatum(asked, f"Jusqu’au {over}"))
    return rows


def _evidence(election: Election) -> list[KeptDatum]:
    closes = election.calendar.vote.closes
    until = written_instant(election.retention.kept_until(closes, closes), election.zone)
    traces = _upper(written_duration(election.retention.access_traces))
    return [
        KeptDatum(
            "Traces de connexion et d’essais\u00a0: référence, résultat, empreinte de l’adresse réseau", traces
        ),
        KeptDatum("Journal du serveur\u00a0: adresse réseau, page, heure", f"{traces} au plus"),
        KeptDatum(
            "Journal de l’élection, registre des envois et chiffres, par références sans nom",
            f"Jusqu’au {until} au moins, et tant qu’un recours est en cours",
        ),
        KeptDatum("Liste électorale", "Jusqu’à la fin des délais de recours"),
    ]


def rights(basis: LegalBasis) -> list[Right]:
    """Return the rights that a legal basis leaves: (UE) 2016/679, articles 15 to 21, and loi n° 78-17, article 85."""
    found = [
        Right("Accès", "savoir ce qui est enregistré de vous, et en recevoir une copie"),
        Right("Rectification", "faire corriger ce qui est faux ou incomplet"),
        Right("Limitation", "faire suspendre l’usage de vos données, le temps d’un examen"),
        Right(
            "Effacement",
            "faire effacer ce qui n’a plus de raison d’être gardé\u202f; ce que la loi demande de garder ne peut pas l’être",
        ),
    ]
    if basis is LegalBasis.PUBLIC_TASK:
        found.append(Right("Opposition", "vous opposer au traitement, pour des raisons tenant à votre situation"))
    return [*found, Right("Après votre décès", "dire ce que deviennent vos données")]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
