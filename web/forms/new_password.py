"""The form of a new password: its rules and its mistakes."""

from dataclasses import dataclass

from election.guessable_passwords import Guess, GuessableWords
from election.passwords import LENGTH, CharacterKind, PasswordRule, PasswordRules
from election.text.folding import has_unseen
from election.text.translation import N_
from election.text.translation import gettext as _
from web.forms.submitted_form import Form

MISSING = N_("Indiquez votre nouveau mot de passe.")
UNSEEN = N_(
    "Ce mot de passe commence ou finit par une espace, ou contient un caractère invisible, peut-être venu d’un "
    "copier-coller. Choisissez un autre mot de passe\u00a0: vous ne pourriez pas retaper celui-ci."
)
MISMATCH = N_("Les deux mots de passe ne sont pas les mêmes. Tapez-les de nouveau.")
# Digits and signs around a word do not help: the page says so beside its rules.
GUESSES = {
    Guess.COMMON: N_(
        "Ce mot de passe est trop courant\u00a0: un mot, un prénom ou une suite de touches connus, "
        "même avec des chiffres et des signes autour. Choisissez plutôt plusieurs mots sans lien entre eux."
    ),
    Guess.PERSONAL: N_(
        "Ce mot de passe contient votre nom, votre prénom ou une partie de votre adresse. "
        "Choisissez-en un qui ne parle pas de vous."
    ),
    Guess.ELECTION: N_(
        "Ce mot de passe est fait du nom de l’élection ou de l’organisateur, ou de mots du vote. "
        "Choisissez-en un qui ne parle pas de l’élection."
    ),
}

_KINDS = {
    CharacterKind.LOWERCASE: N_("une lettre minuscule"),
    CharacterKind.UPPERCASE: N_("une lettre majuscule"),
    CharacterKind.DIGIT: N_("un chiffre"),
    CharacterKind.SPECIAL: N_("un caractère spécial, comme #, % ou @"),
}


@dataclass(frozen=True)
class ShownRule:
    """A rule: its id for the page's script, and its text."""

    id: str
    text: str


def shown_rules(rules: PasswordRules) -> list[ShownRule]:
    """Return the rules that the page lists."""
    return [ShownRule(rule, _text(rule, rules)) for rule in rules.all]


def new_password_of(form: Form, rules: PasswordRules, words: GuessableWords) -> str | None:
    """Return the new password of a form, or None with an error noted for each wrong field."""
    if not form["password"]:
        form.errors.setdefault("password", _(MISSING))
    broken, guesses = rules.broken(form["password"]), words.guesses(form["password"])
    if (broken or guesses) and "password" not in form.errors:
        missing = ", ".join(_text(rule, rules) for rule in broken)
        lacks = [_("Ce mot de passe doit aussi avoir\u00a0: {missing}.").format(missing=missing)] if broken else []
        form.errors["password"] = " ".join([*lacks, *(_(GUESSES[guess]) for guess in guesses)])
    if has_unseen(form["password"]):
        form.errors.setdefault("password", _(UNSEEN))
    if form["password"] != form["confirmation"]:
        form.errors.setdefault("confirmation", _(MISMATCH))
    return form["password"] if form.is_valid else None


def _text(rule: PasswordRule, rules: PasswordRules) -> str:
    if rule != LENGTH:
        return _(_KINDS[rule])
    if rules.max_length == PasswordRules.model_fields["max_length"].default:
        return _("{least} caractères ou plus").format(least=rules.min_length)
    return _("de {least} à {most} caractères").format(least=rules.min_length, most=rules.max_length)
