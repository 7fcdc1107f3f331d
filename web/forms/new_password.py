"""The form of a new password: its rules and its mistakes, in French."""

from dataclasses import dataclass

from election.passwords import PasswordRule, PasswordRules
from web.forms.submitted_form import Form

MISSING = "Indiquez votre nouveau mot de passe."
MISMATCH = "Les deux mots de passe ne sont pas les mêmes. Tapez-les de nouveau."


@dataclass(frozen=True)
class ShownRule:
    """A rule: its id for the page's script, and its text."""

    id: str
    text: str


def shown_rules(rules: PasswordRules) -> list[ShownRule]:
    """Return the rules that the page lists."""
    return [ShownRule(rule, _text(rule, rules)) for rule in rules.all]


def new_password_of(form: Form, rules: PasswordRules) -> str | None:
    """Return the new password of a form, or None with an error noted for each wrong field."""
    if not form["password"]:
        form.errors.setdefault("password", MISSING)
    broken = rules.broken(form["password"])
    if broken and "password" not in form.errors:
        missing = [_text(rule, rules) for rule in broken]
        form.errors["password"] = f"Il faut aussi à ce mot de passe\u00a0: {', '.join(missing)}."
    if form["password"] != form["confirmation"]:
        form.errors.setdefault("confirmation", MISMATCH)
    return form["password"] if form.is_valid else None


def _text(rule: PasswordRule, rules: PasswordRules) -> str:
    no_limit = PasswordRules.model_fields["max_length"].default
    length = f"{rules.min_length} caractères ou plus"
    if rules.max_length != no_limit:
        length = f"de {rules.min_length} à {rules.max_length} caractères"
    return {
        PasswordRule.LENGTH: length,
        PasswordRule.LOWER: "une lettre minuscule",
        PasswordRule.CAPITAL: "une lettre majuscule",
        PasswordRule.DIGIT: "un chiffre",
        PasswordRule.SPECIAL: "un caractère spécial, comme #, % ou @",
    }[rule]
