"""Every page in each of its states, with values such as a router gives."""

from datetime import timedelta
from types import SimpleNamespace as Given
from typing import Any

from tests.support import sample_identifier_and_password as identifier_and_password
from tests.support import sample_legal_pages as legal_pages
from tests.support import sample_voting_code_link as voting_code_link
from tests.support.sample_values import CAPTCHA, REFUSED, Page, form, frame
from web.presenters.procedures.catalogue import CATALOGUE

QUESTION = "Quel était le nom de votre premier animal <b>à vous</b> ?"


def status(stage: str, **given: Any) -> Any:
    """Return the content of a follow-up page."""
    steps = [
        Given(label="Identité vérifiée", state="done", at="14 h 01"),
        Given(label="Lien envoyé", state={"Late": "late", "Held": "problem"}.get(stage, "current"), at=None),
        Given(label="Code affiché", state="todo", at=None),
    ]
    known = {
        "title": "Le lien est parti",
        "sentences": ["Il arrive."],
        "steps": steps,
        "hint": None,
        "expires": None,
        "expires_iso": None,
    }
    offers: dict[str, Any] = {
        "can_resend": False,
        "resend_in": 0,
        "resend_sentence": None,
        "other_channel_url": None,
        "final": False,
    }
    offers |= {
        "other_channel": "Choisir un autre moyen",
        "again_url": "/reassort/code-de-vote",
        "vote_url": "/vote",
    }
    offers |= {"reference": "3F2A-91BC-07D4"}
    return Given(stage=stage, **(known | offers | given))


_INSTANTS = {"opens_iso": "2026-12-03T08:00:00+01:00", "closes_iso": "2026-12-10T17:00:00+01:00"}
_CALENDAR = [
    Given(label="Vote", period="Du 3 au 10.", status="open", sentence="Jusqu’à 17\u00a0h.", **_INSTANTS),
    Given(label="Résultats", period="Le 11.", status="not_yet", sentence="Demain.", **_INSTANTS),
    Given(label="Listes", period="Hier.", status="closed", sentence="C’est fini.", **_INSTANTS),
]
_RECOVERABLE = [
    Given(thing="mon code de vote", outcome="Un nouveau code s’affiche.", url="/reassort/code-de-vote"),
    Given(thing="mon identifiant", outcome="Il arrive par SMS.", url="/reassort/identifiant"),
]
_REMEDIES = [
    Given(thing="un nouveau code de vote", url="/reassort/code-de-vote"),
    Given(thing="un nouveau mot de passe", url="/reassort/mot-de-passe"),
]
_SITUATIONS = [
    Given(question="Je n’ai pas reçu ma notice", url="/aide/situations/notice"),
    Given(question="J’ai oublié ma réponse secrète", url="/aide/situations/reponse-secrete"),
]
_ANSWER = Given(sentences=["Vous pouvez voter sans elle."], url="/reassort", action="Obtenir un nouveau code")
_NO_ANSWER = Given(sentences=["Personne ne peut la lire."], url=None, action=None)
_COUNTDOWN = Given(
    days=1, hours=4, minutes=0, until_iso="2022-12-08T17:00:00+01:00", sentence="Le vote se termine."
)
_BANNER = Given(sentence="Un lien est parti à 14 h 02.", url="/reassort/suivi", is_stalled=False)
_SEE_AGAIN = Given(url="/lien/x", seconds=80)
_MOVING: dict[str, Any] = {"is_stalled": False, "see_again": None}
_OPEN: dict[str, str | None] = dict.fromkeys(
    ("closed", "not_activated", "limit_reached", "reissues_left", "waiting", "begun_again")
)
_CHOICES = [
    Given(title="FranceConnect", text="Avec un compte.", url="/fc", kind="franceconnect"),
    Given(title="Question défi", text="Avec une réponse.", url="/question", action="Répondre", kind="question"),
]
_ESTABLISHED: dict[str, Any] = {
    "established": "samedi 5 décembre 2026 à 14\u00a0h\u00a032 (heure de Paris)",
    "established_iso": "2026-12-05T14:32:07.250+01:00",
    "code": "0K3F9A-7XQ2MD-V4T8RZ-1B6NHC",
}
_LINES = [
    Given(
        at="samedi 5 décembre 2026 à 14\u00a0h\u00a002 (heure de Paris)",
        at_iso="2026-12-05T13:02:00+00:00",
        sentence=sentence,
    )
    for sentence in (
        "Code de vote\u00a0: nouveau code affiché\u202f; l’ancien ne fonctionne plus.",
        "Code de vote\u00a0: message arrivé par SMS.",
        "Code de vote\u00a0: demande acceptée, envoi par SMS.",
    )
]
_RECORD = Given(lines=_LINES, accesses=_LINES[:1], **_ESTABLISHED)
_NO_RECORD = Given(lines=[], accesses=[], **_ESTABLISHED)
_LATE = status(
    "Late",
    hint="06 •• •• •• 78",
    expires="1er décembre à 14 h 12",
    expires_iso="2026-12-01T13:12:00+00:00",
    can_resend=True,
    other_channel_url="/question",
)
_REFUSED_CHALLENGE = form({}, {"answer": "Saisissez la réponse."}, kept=("proof",))
_REFUSED_DESTINATION = form(
    {"channel": "email", "email": "a@b"}, {"email": "Indiquez-en une autre.", "channel": "Choisissez."}
)
_REDACTED = form({"message": "Mon code est •••"}, {"message": "Un code est effacé."})
_CHALLENGE: dict[str, Any] = {"question": QUESTION, "begun_again": False, "window_seconds": 90}
_CHECKED: dict[str, Any] = {"form_id": "cle-7", "by_identity": False, "has_question": True}
_BY_SMS = Given(channel="sms", contact="06\u00a039\u00a098\u00a012\u00a034", country="France", likely=None)
_BY_EMAIL = Given(
    channel="email", contact="une.tres.longue.adresse.de.messagerie@exemple.fr", country=None, likely=None
)
_MISSPELT = Given(channel="email", contact="camille@gmial.com", country=None, likely="camille@gmail.com")
_COUNTS = {"max_requests": 3, "requests_left": None}
_IDENTIFIER = {"begun_again": False, "captcha": CAPTCHA, "confirmed_within": "un jour", **_COUNTS}
_REFUSED_IDENTIFIER = form({"phone": "06"}, {"phone": "Ce numéro est incomplet.", "numen": "Indiquez-le."})
_FORGOTTEN = [("Identifiant électeur oublié ?", "/reassort/identifiant"), ("Mot de passe ?", "/mot-de-passe")]

_SIGN_IN_CODE: dict[str, Any] = {
    "captcha": CAPTCHA,
    "url": "/connexion/code",
    "password_url": "/connexion/mot-de-passe",
    "is_voting_space": False,
    "lifetime": "10\u00a0minutes",
    "tries": 5,
    "destination": None,
}
_DESTINATION = Given(path="/vote", purpose="voter", sealed="vote.5ca1e")
_PASSWORD_STEP: dict[str, Any] = {"destination": _DESTINATION, "other_identifier_url": "/connexion"}
_NEW_PASSWORD: dict[str, Any] = {
    "rules": [Given(id="length", text="12 caractères ou plus"), Given(id="digit", text="un chiffre")],
    "min_length": 12,
    "max_length": 128,
    "identifier": "c@ac-lyon.fr",
    "until": "samedi 5 décembre 2026 à 14\u00a0h (heure de Paris)",
    "is_stalled": False,
}

PAGES: dict[str, Page] = {
    "home": (
        "home.html",
        frame(elector_name=None, recoverable=_RECOVERABLE, situations=_SITUATIONS, calendar=_CALENDAR),
    ),
    "home, signed in": (
        "home.html",
        frame(recoverable=[], situations=_SITUATIONS, calendar=_CALENDAR),
    ),
    "sign in": ("sign_in.html", frame(elector_name=None, form=form(), captcha=CAPTCHA, destination=None)),
    "sign in, to vote": (
        "sign_in.html",
        frame(elector_name=None, form=form(), captcha=CAPTCHA, destination=_DESTINATION),
    ),
    "sign in, refused": (
        "sign_in.html",
        frame(elector_name=None, form=REFUSED, captcha=CAPTCHA, destination=None),
    ),
    "password": (
        "sign_in_password.html",
        frame(
            elector_name=None,
            form=form(),
            captcha=None,
            forgotten_url="/oubli",
            identifier="c@ac-lyon.fr",
            **_PASSWORD_STEP,
        ),
    ),
    "password, after failures": (
        "sign_in_password.html",
        frame(
            elector_name=None,
            form=form(),
            captcha=CAPTCHA,
            forgotten_url="/oubli",
            identifier="",
            **_PASSWORD_STEP,
        ),
    ),
    "sign-in code": ("sign_in_code.html", frame(elector_name=None, form=form(), **_SIGN_IN_CODE)),
    "sign-in code, refused": (
        "sign_in_code.html",
        frame(elector_name=None, form=form(errors={"code": "Ce n’est pas le bon."}), **_SIGN_IN_CODE),
    ),
    "password, refused": (
        "sign_in_password.html",
        frame(
            elector_name=None,
            form=form(general_error="Ce n’est pas le bon."),
            captcha=None,
            forgotten_url=None,
            identifier="",
            destination=None,
            other_identifier_url="/connexion",
        ),
    ),
    "password forgotten": ("password_request.html", frame(elector_name=None, form=form(), captcha=CAPTCHA)),
    "password confirm": (
        "password_confirm.html",
        frame(form=form({"identifier": "x@y", "form_id": "cle"}), step_token="oui", destination="c•••@a•••.fr"),
    ),
    "password confirm, another browser": (
        "password_confirm.html",
        frame(elector_name=None, form=form({"identifier": "x"}), step_token="oui", destination=None),
    ),
    "password asked": ("password_requested.html", frame(elector_name=None, lifetime=timedelta(hours=24))),
    "password new": ("password_new.html", frame(elector_name=None, form=form(), **_NEW_PASSWORD)),
    "password new, refused": (
        "password_new.html",
        frame(elector_name=None, form=form(errors={"password": "Il manque un chiffre."}), **_NEW_PASSWORD),
    ),
    "objection": (
        "objection.html",
        frame(
            elector_name=None, label="Remplacement du code de vote", told_at="jeudi 3 décembre 2026 à 10\u00a0h"
        ),
    ),
    "objection made": ("objection_made.html", frame(elector_name=None, reference="3F2A-91BC-07D4")),
    "password done": ("password_done.html", frame(elector_name=None, sign_in_url="/connexion")),
    "identifier": (
        "identifier_request.html",
        frame(elector_name=None, form=form(), notified_address=None, **_IDENTIFIER),
    ),
    "identifier, signed in": (
        "identifier_request.html",
        frame(form=form(), notified_address="c•••@a•••.fr", **_IDENTIFIER),
    ),
    "identifier, refused": (
        "identifier_request.html",
        frame(form=_REFUSED_IDENTIFIER, notified_address=None, **_IDENTIFIER),
    ),
    "identifier, taken": (
        "identifier_requested.html",
        frame(confirmed_within="un jour", elector_name=None, delay="Une minute."),
    ),
    "voting sign in": (
        "voting_sign_in.html",
        frame(elector_name=None, form=form(), captcha=None, not_open=None, forgotten=_FORGOTTEN),
    ),
    "voting sign in, after failures": (
        "voting_sign_in.html",
        frame(elector_name=None, form=form(), captcha=CAPTCHA, not_open=None, forgotten=_FORGOTTEN),
    ),
    "voting sign in, refused": (
        "voting_sign_in.html",
        frame(
            elector_name=None,
            form=form({"identifier": "E00"}, general_error="Ce n’est pas le bon."),
            captcha=None,
            not_open=None,
            forgotten=[],
        ),
    ),
    "voting sign in, closed": (
        "voting_sign_in.html",
        frame(
            elector_name=None,
            form=form(),
            captcha=None,
            not_open="Le vote ouvrira demain.",
            forgotten=_FORGOTTEN,
        ),
    ),
    "portal": (
        "portal.html",
        frame(
            recoverable=_RECOVERABLE,
            calendar=_CALENDAR,
            countdown=_COUNTDOWN,
            banner=_BANNER,
            see_again=_SEE_AGAIN,
        ),
    ),
    "portal, stalled": (
        "portal.html",
        frame(
            recoverable=_RECOVERABLE,
            calendar=_CALENDAR,
            countdown=_COUNTDOWN,
            banner=Given(**vars(_BANNER) | {"is_stalled": True}),
            see_again=None,
        ),
    ),
    "portal, vote over": (
        "portal.html",
        frame(recoverable=[], calendar=_CALENDAR, countdown=None, banner=None, see_again=None),
    ),
    "vote": ("vote.html", frame(form=form(), captcha=None, not_open=None)),
    "vote, wrong captcha": (
        "vote.html",
        frame(form=form({}, {"captcha": "Recopiez-les."}, kept=("voting_code",)), captcha=CAPTCHA, not_open=None),
    ),
    "vote, closed": ("vote.html", frame(form=form(), captcha=CAPTCHA, not_open="Le vote ouvrira demain.")),
    "voting space": ("voting_space.html", frame()),
    "choice": (
        "voting_code_choice.html",
        frame(
            choices=_CHOICES,
            **(_OPEN | {"reissues_left": "Vous pouvez encore obtenir 2 nouveaux codes."}),
            banner=_BANNER,
        ),
    ),
    "choice, waiting": (
        "voting_code_choice.html",
        frame(choices=_CHOICES[:1], **(_OPEN | {"waiting": "Après demain."}), banner=None),
    ),
    "choice, closed": (
        "voting_code_choice.html",
        frame(choices=[], **(_OPEN | {"closed": "Fini."}), banner=None),
    ),
    "choice, not activated": (
        "voting_code_choice.html",
        frame(choices=[], **(_OPEN | {"not_activated": "Activez."}), banner=None),
    ),
    "choice, all codes issued": (
        "voting_code_choice.html",
        frame(choices=[], **(_OPEN | {"limit_reached": "Tous obtenus."}), banner=None),
    ),
    "challenge": ("voting_code_challenge.html", frame(form=form(), **_CHALLENGE)),
    "challenge, refused": (
        "voting_code_challenge.html",
        frame(form=_REFUSED_CHALLENGE, **_CHALLENGE),
    ),
    "challenge, begun again": (
        "voting_code_challenge.html",
        frame(form=form({"after": "verification"}), **(_CHALLENGE | {"begun_again": True})),
    ),
    "destination": (
        "voting_code_destination.html",
        frame(form=form({"channel": "sms"}), channels=["sms", "email"]),
    ),
    "destination, refused": (
        "voting_code_destination.html",
        frame(form=_REFUSED_DESTINATION, channels=["sms", "email"]),
    ),
    "destination, one channel": ("voting_code_destination.html", frame(form=form(), channels=["sms"])),
    "verification": ("voting_code_verification.html", frame(form=form(), shown=_BY_SMS, **_CHECKED)),
    "verification, misspelt": ("voting_code_verification.html", frame(form=form(), shown=_MISSPELT, **_CHECKED)),
    "verification, refused": (
        "voting_code_verification.html",
        frame(form=form(general_error="Un lien vient de partir.", wait=45), shown=_BY_EMAIL, **_CHECKED),
    ),
    "verification, by identity": (
        "voting_code_verification.html",
        frame(form=form(), shown=_BY_EMAIL, **(_CHECKED | {"by_identity": True})),
    ),
    "verification, by identity alone": (
        "voting_code_verification.html",
        frame(form=form(), shown=_BY_EMAIL, **(_CHECKED | {"by_identity": True, "has_question": False})),
    ),
    "identifier, check": (
        "identifier_verification.html",
        frame(elector_name=None, form=form(), form_id="cle", shown=_BY_SMS, **_COUNTS),
    ),
    "identifier, check, one request left": (
        "identifier_verification.html",
        frame(form=form(), form_id="cle", shown=_BY_SMS, max_requests=3, requests_left=1),
    ),
    "identifier, check, no request left": (
        "identifier_verification.html",
        frame(form=form(), form_id="cle", shown=_BY_SMS, max_requests=3, requests_left=0),
    ),
    "follow": ("follow.html", frame(status=status("Sent", resend_in=45), **_MOVING)),
    "follow, late": ("follow.html", frame(status=_LATE, **_MOVING)),
    "follow, stalled": ("follow.html", frame(status=_LATE, is_stalled=True, see_again=None)),
    "follow, over": ("follow.html", frame(status=status("Reissued", final=True), **_MOVING)),
    "follow, nothing": ("follow.html", frame(status=None, recoverable=_RECOVERABLE, **_MOVING)),
    "follow, code shown": (
        "follow.html",
        frame(status=status("Displaying"), is_stalled=False, see_again=_SEE_AGAIN),
    ),
    "own record": (
        "own_record.html",
        frame(record=_RECORD, reference="3F2A-91BC-07D4", remedies=_REMEDIES, objected=None),
    ),
    "own record, nothing": (
        "own_record.html",
        frame(record=_NO_RECORD, reference="3F2A-91BC-07D4", remedies=[], objected="Une opposition a été faite."),
    ),
    "message": (
        "message.html",
        frame(
            title="Lien inconnu",
            paragraphs=["Vérifiez."],
            actions=[Given(label="Accueil", url="/", kind="primary")],
        ),
    ),
    "support": (
        "support.html",
        frame(elector_name=None, form=form(), form_id="cle-7", max_length=2000, references=None, captcha=CAPTCHA),
    ),
    "support, refused": (
        "support.html",
        frame(
            form=_REDACTED,
            form_id="cle-7",
            max_length=2000,
            references="3F2A-91BC-07D4 (code de vote)",
            captcha=None,
        ),
    ),
    "help": ("help.html", frame(elector_name=None, situations=_SITUATIONS)),
    **{
        f"guide, {procedure}": ("guide_page.html", frame(elector_name=None, record=record, window_seconds=120))
        for procedure, record in CATALOGUE.items()
    },
    "situation": ("situation.html", frame(situation=_SITUATIONS[0], answer=_ANSWER, others=_SITUATIONS[1:])),
    "situation, support": (
        "situation.html",
        frame(elector_name=None, situation=_SITUATIONS[1], answer=_NO_ANSWER, others=_SITUATIONS[:1]),
    ),
    **legal_pages.PAGES,
    **voting_code_link.PAGES,
} | identifier_and_password.PAGES
