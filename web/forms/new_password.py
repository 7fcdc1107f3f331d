"""The form of a new password: its rules and its mistakes, in French."""

from dataclasses import dataclass

from election.guessable_passwords import Guess, GuessableWords
from election.passwords import LENGTH, CharacterKind, PasswordRule, PasswordRules
from election.text.folding import has_unseen
from web.forms.submitted_form import Form

MISSING = "Indiquez votre nouveau mot de passe."
UNSEEN = (
    "Ce mot de passe commence ou finit par une espace, ou contient un caractère invisible, comme il en vient d’un "
    "copier-coller\u00a0: vous ne pourriez pas le retaper. Choisissez-le sans cela."
)
MISMATCH = "Les deux mots de passe ne sont pas les mêmes. Tapez-les de nouveau."
# Digits and signs around a word do not help: the page says so beside its rules.
GUESSES = {
    Guess.COMMON: "Ce mot de passe est trop courant\u00a0: un mot, un prénom ou une suite de touches connus, "
    "même avec des chiffres et des signes autour. Choisissez plutôt plusieurs mots sans lien entre eux.",
    Guess.PERSONAL: "Ce mot de passe contient votre nom, votre prénom ou une partie de votre adresse. "
    "Choisissez-en un qui ne parle pas de vous.",
    Guess.ELECTION: "Ce mot de passe est fait du nom de l’élection ou de l’organisateur, ou de mots du vote. "
    "Choisissez-en un qui ne parle pas de l’élection.",
}

_KINDS = {
    CharacterKind.LOWERCASE: "une lettre minuscule",
    CharacterKind.UPPERCASE: "une lettre majuscule",
    CharacterKind.DIGIT: "un chiffre",
    CharacterKind.SPECIAL: "un caractère spécial, comme #, % ou @",
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
        form.errors.setdefault("password", MISSING)
    broken, guesses = rules.broken(form["password"]), words.guesses(form["password"])
    if (broken or guesses) and "password" not in form.errors:
        missing = ", ".join(_text(rule, rules) for rule in broken)
        lacks = [f"Il faut aussi à ce mot de passe\u00a0: {missing}."] if broken else []
        form.errors["password"] = " ".join([*lacks, *(GUESSES[guess] for guess in guesses)])
    if has_unseen(form["password"]):
        form.errors.setdefault("password", UNSEEN)
    if form["password"] != form["confirmation"]:
        form.errors.setdefault("confirmation", MISMATCH)
    return form["password"] if form.is_valid else None


def _text(rule: PasswordRule, rules: PasswordRules) -> str:
    if rule != LENGTH:
        return _KINDS[rule]
    if rules.max_length == PasswordRules.model_fields["max_length"].default:
        return f"{rules.min_length} caractères ou plus"
    return f"de {rules.min_length} à {rules.max_length} caractères"
