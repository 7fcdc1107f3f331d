"""The pages of who votes without a notice, in each of their states."""

from typing import Any

from tests.support.sample_values import CAPTCHA, REFUSED, SHOWN, Page, form, frame

_MY_ADDRESS: dict[str, Any] = {
    "passed": "oui",
    "work_email": "camille.martin-lefebvre-durand@ac-montpellier.fr",
    "window_seconds": 600,
}
_DEPARTMENTS = [("01", "Ain"), ("2A", "Corse-du-Sud"), ("99", "Étranger")]
_UNBORN = form(errors={"numen": "Indiquez votre NUMEN.", "birth_department": "Choisissez."})
_TWO_ADDRESSES = form(
    {"destination": "other", "email": "a@b.fr", "email_again": "a@c.fr"},
    {"email_again": "Ce ne sont pas les mêmes."},
)

PAGES: dict[str, Page] = {
    "without notice": (
        "without_notice.html",
        frame(elector_name=None, form=form(), form_key="cle-9", captcha=CAPTCHA, until="20 octobre"),
    ),
    "without notice, refused": (
        "without_notice.html",
        frame(form=REFUSED, form_key="cle-9", captcha=CAPTCHA, until="20 octobre"),
    ),
    "without notice, asked": ("without_notice_asked.html", frame(elector_name=None, until="20 octobre")),
    "both, identity": (
        "identifier_and_password_identity.html",
        frame(elector_name=None, form=form(), departments=_DEPARTMENTS),
    ),
    "both, identity refused": (
        "identifier_and_password_identity.html",
        frame(elector_name=None, form=_UNBORN, departments=_DEPARTMENTS),
    ),
    "both, address": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=form({"form_key": "cle"}), **_MY_ADDRESS),
    ),
    "both, address refused": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=_TWO_ADDRESSES, **_MY_ADDRESS),
    ),
    "both, no address": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=form(errors={"destination": "Choisissez."}), **_MY_ADDRESS),
    ),
    "both, password": (
        "identifier_and_password_shown.html",
        frame(
            elector_name=None,
            noted_url="/lien/x/note",
            hint="c•••@e•••.fr",
            vote_url="https://elections.exemple.fr/vote/connexion",
            **(SHOWN | {"code": "aD4#rTe7+QtR9M=h", "remaining": 587, "window_seconds": 600}),
        ),
    ),
    "both, over": ("identifier_and_password_over.html", frame(elector_name=None)),
}
