"""The pages of identifier and password (2011), in each of their states."""

from typing import Any

from tests.support.sample_values import CAPTCHA, REFUSED, SHOWN, WRONGLY_NOTED, Page, form, frame

_ADDRESS_STEP: dict[str, Any] = {
    "step_token": "oui",
    "work_email": "camille.martin-lefebvre-durand@ac-montpellier.fr",
    "window_seconds": 600,
}
_DEPARTMENTS = [("01", "Ain"), ("2A", "Corse-du-Sud"), ("99", "Étranger")]
_REFUSED_IDENTITY = form(errors={"numen": "Indiquez votre NUMEN.", "birth_department": "Choisissez."})
_REFUSED_ADDRESS = form(
    {"destination": "other", "email": "a@b.fr", "email_again": "a@c.fr"},
    {"email_again": "Ce ne sont pas les mêmes."},
)
_OTHER_ADDRESS = form({"email": "camille@gmial.com", "email_again": "camille@gmial.com", "form_id": "cle"})
_CHECK = {"step_token": "oui", "window_seconds": 600}

PAGES: dict[str, Page] = {
    "without notice": (
        "identifier_and_password_request.html",
        frame(elector_name=None, form=form(), form_id="cle-9", captcha=CAPTCHA, until="20 octobre"),
    ),
    "without notice, refused": (
        "identifier_and_password_request.html",
        frame(form=REFUSED, form_id="cle-9", captcha=CAPTCHA, until="20 octobre"),
    ),
    "without notice, asked": (
        "identifier_and_password_requested.html",
        frame(elector_name=None, until="20 octobre"),
    ),
    "identifier and password, identity": (
        "identifier_and_password_identity.html",
        frame(elector_name=None, form=form(), departments=_DEPARTMENTS, until="", is_stalled=False),
    ),
    "identifier and password, identity refused": (
        "identifier_and_password_identity.html",
        frame(elector_name=None, form=_REFUSED_IDENTITY, departments=_DEPARTMENTS, until="", is_stalled=False),
    ),
    "identifier and password, address": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=form({"form_id": "cle"}), **_ADDRESS_STEP),
    ),
    "identifier and password, address refused": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=_REFUSED_ADDRESS, **_ADDRESS_STEP),
    ),
    "identifier and password, no address": (
        "identifier_and_password_address.html",
        frame(elector_name=None, form=form(errors={"destination": "Choisissez."}), **_ADDRESS_STEP),
    ),
    "identifier and password, check": (
        "identifier_and_password_check.html",
        frame(
            elector_name=None,
            form=_OTHER_ADDRESS,
            address="camille@gmial.com",
            likely="camille@gmail.com",
            **_CHECK,
        ),
    ),
    "identifier and password, password": (
        "identifier_and_password_shown.html",
        frame(
            elector_name=None,
            hint="c•••@e•••.fr",
            **(SHOWN | {"code": "aD4#rTe7+QtR9M=h", "remaining": 587, "window_seconds": 600}),
        ),
    ),
    "identifier and password, wrongly noted": (
        "identifier_and_password_shown.html",
        frame(elector_name=None, hint="", **(SHOWN | {"noted": WRONGLY_NOTED})),
    ),
    "identifier and password, over": ("identifier_and_password_over.html", frame(elector_name=None)),
}
