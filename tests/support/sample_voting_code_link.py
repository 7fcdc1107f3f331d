"""The pages behind the link of a voting code, and of any link that was used, in each of their states."""

from types import SimpleNamespace as Given
from typing import Any

from tests.support.sample_values import CODE, SHOWN, WRONGLY_NOTED, Page, frame

_RIGHTLY_NOTED = Given(
    typed=CODE, is_right=True, sentence="✔ C’est bien cela\u00a0: vous l’avez noté sans erreur."
)
_USED: dict[str, Any] = {
    "title": "Lien déjà utilisé",
    "reason": "Un code a été affiché.",
    "advice": "Faites une nouvelle demande.",
    "onward": ("Aller voter", "/vote"),
    "again_url": "/reassort/code-de-vote",
    "shown_elsewhere": "",
}
_ELSEWHERE = _USED | {"shown_elsewhere": "Rouvrez le lien dans l’autre navigateur."}
_UNTIL = "samedi 5 décembre 2026 à 14\u00a0h\u00a042 (heure de Paris)"

PAGES: dict[str, Page] = {
    "link": (
        "voting_code_link.html",
        frame(elector_name=None, window_seconds=120, until="", is_stalled=False),
    ),
    "link, dated": (
        "voting_code_link.html",
        frame(elector_name=None, window_seconds=120, until=_UNTIL, is_stalled=True),
    ),
    "code": ("voting_code_shown.html", frame(elector_name=None, **SHOWN)),
    "code, wrongly noted": (
        "voting_code_shown.html",
        frame(elector_name=None, **(SHOWN | {"noted": WRONGLY_NOTED})),
    ),
    "code, rightly noted": (
        "voting_code_shown.html",
        frame(elector_name=None, **(SHOWN | {"noted": _RIGHTLY_NOTED})),
    ),
    "code over": ("voting_code_over.html", frame(elector_name=None)),
    "link used": ("link_used.html", frame(elector_name=None, here=None, **_USED)),
    "link used, code elsewhere": ("link_used.html", frame(elector_name=None, here=None, **_ELSEWHERE)),
    "link used, code shown": ("link_used.html", frame(elector_name=None, here=("Afficher", "/lien/x"), **_USED)),
}
