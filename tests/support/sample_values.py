"""Values that many sample pages share."""

from types import SimpleNamespace as Given
from typing import Any

Page = tuple[str, dict[str, Any]]

CODE = "AD4#KT7+XRQ9M=HU"
CAPTCHA = Given(id="c4ptch4")
SHOWN: dict[str, Any] = {
    "secret": CODE,
    "spelled": "A majuscule, D majuscule",
    "remaining": 107,
    "window_seconds": 120,
    "group_size": 4,
    "link_url": "/lien/x",
    "made_at": "mardi 1er décembre 2026 à 14\u00a0h\u00a032 (heure de Paris)",
    "vote_url": "https://elections.exemple.fr/vote",
    "noted": None,
}
WRONGLY_NOTED = Given(
    typed="AD4& KT7A XRQ9 MHU",
    is_right=False,
    sentence="Le 4e groupe ne correspond pas. Il manque 1\u00a0caractère.",
)


def frame(**given: Any) -> dict[str, Any]:
    """Return the context of a page for an elector who has signed in, with the given values."""
    return {"elector_name": "Camille Martin", "csrf": "jeton-42", "session_left": 1800} | given


def form(
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    general_error: str | None = None,
    kept: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
    wait: int = 0,
) -> Any:
    """Return a form, empty or with errors."""
    return Given(
        values=values or {}, errors=errors or {}, general_error=general_error, kept=kept, lost=lost, wait=wait
    )


REFUSED = form({"identifier": "x@y"}, {"identifier": "L’adresse n’est pas complète."}, "Le code a expiré.")
