"""The form of one elector's new work address or name, as both administrators fill it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from activities.config.logs import scrubbed
from activities.roll_import.lines import Column
from activities.roll_uploads.elector_change import ElectorChange
from activities.security.signed_orders import LONGEST_REASON

# The names of the form's fields, with their labels.
VALUES = {
    "new_email": (Column.WORK_EMAIL, "Nouvelle adresse professionnelle"),
    "used_name": (Column.USED_NAME, "Nouveau nom d’usage"),
    "birth_name": (Column.BIRTH_NAME, "Nouveau nom de naissance"),
    "first_names": (Column.FIRST_NAMES, "Nouveaux prénoms"),
}
_LONGEST = 254
_INCOMPLETE = "Tapez l’adresse actuelle, et au moins une nouvelle valeur."
_TOO_LONG = f"Une valeur a plus de {_LONGEST}\u00a0caractères."
_NO_REASON = f"Donnez la raison, en {LONGEST_REASON}\u00a0caractères au plus\u00a0: l’autre personne la lit, et le journal la garde."


@dataclass(frozen=True)
class TypedChange:
    """What was typed, by field, and the change that it asks for, or the sentence that says what is missing."""

    fields: Mapping[str, str] = field(repr=False)
    change: ElectorChange | None
    reason: str = ""
    error: str = ""


def typed_change(fields: Mapping[str, str], *, needs_reason: bool) -> TypedChange:
    """Return the change that a form's fields ask for; nothing personal is left in the reason, which is signed and kept."""
    work_email = fields.get("work_email", "").strip()
    reason = scrubbed(fields.get("reason", "").strip())
    values = {column: fields.get(name, "").strip() for name, (column, _) in VALUES.items()}
    given = {column: value for column, value in values.items() if value}
    if not work_email or not given:
        return TypedChange(fields, None, error=_INCOMPLETE)
    if max(map(len, (work_email, *given.values()))) > _LONGEST:
        return TypedChange(fields, None, error=_TOO_LONG)
    if needs_reason and not 0 < len(reason) <= LONGEST_REASON:
        return TypedChange(fields, None, error=_NO_REASON)
    return TypedChange(fields, ElectorChange(work_email, given), reason)
