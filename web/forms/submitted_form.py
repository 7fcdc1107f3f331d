"""A submitted form: its texts, the errors found in it, and what can be shown again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import HTTPException, Request

from activities.texts.wishes import Wish
from election.text.folding import fold
from election.text.translation import N_
from election.text.translation import gettext as _
from web.context.form_tokens import CsrfError

MAX_LENGTH = 300
_OTHER_WORDING = N_("Le texte de cette page a changé. Relisez-la, puis envoyez-la de nouveau.")
TOO_LONG = N_("Cette réponse est trop longue\u00a0: raccourcissez-la.")
# Taken as they were typed: `new_password` and the sign-in say what cannot be seen in them.
_PASSWORDS = frozenset({"password", "confirmation"})
# Typed by the voter, never sent back in a page.
_NEVER_SHOWN = frozenset(
    {
        "password",
        "voting_code",
        "code",
        "noted",
        "answer",
        "proof",
        "numen",
        "birth_date",
        "birth_department",
        "captcha",
        "confirmation",
    }
)
# Of those, what is lost with the page; the CAPTCHA is a new one in any case.
_TYPED_AGAIN = {
    "password": N_("votre mot de passe"),
    "code": N_("le code reçu"),
    "numen": N_("votre NUMEN"),
    "birth_department": N_("votre département de naissance"),
}
# The hidden fields, which we make: ids and tokens in hexadecimal, each of one length.
_HIDDEN = {
    "csrf": re.compile("[0-9a-f]{64}"),
    "step_token": re.compile("[0-9a-f]{64}"),
    "captcha_id": re.compile("[0-9a-f]{64}"),
    "form_id": re.compile("[0-9a-f]{32}"),
    "wording": re.compile("[0-9a-f]{64}"),
}
# What belongs to one sending of a form.
_NEVER_AGAIN = frozenset({*_HIDDEN, "action"})


@dataclass
class Form:
    """What was typed, and the sentence of each error, in the order of the fields.

    `general_error` is a sentence about the form as a whole; `wait` is how many seconds are left until what was too soon
    may be sent again, or 0. Of the fields that are not shown again, those in `kept`
    are in the browser's draft: their field may stay empty.
    """

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    general_error: str | None = None
    wait: int = 0
    kept: frozenset[str] = frozenset()

    @property
    def values(self) -> dict[str, str]:
        """What can be shown again: no password, no code, no proof."""
        return {name: text for name, text in self.typed.items() if name not in _NEVER_SHOWN}

    @property
    def lost(self) -> list[str]:
        """What is to be typed again although it was not wrong: another field was, and the page does not show it."""
        again = (name for name in _TYPED_AGAIN if self[name] and name not in self.errors and name not in self.kept)
        return [_(_TYPED_AGAIN[name]) for name in again] if self.errors else []

    def keep(self, draft: Mapping[str, str], *names: str) -> None:
        """Take what the draft has for the fields of these names that were left empty."""
        for name in names:
            if not self[name].strip():
                self.typed[name] = draft.get(name, "")

    @property
    def fingerprint(self) -> str:
        """What was typed, as one text, to be hashed: it differs for each filled-in form."""
        return repr(sorted(self.typed.items()))

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    def require(self, name: str, sentence: str) -> None:
        """Note an error when a field is empty."""
        if not self[name].strip():
            self.errors.setdefault(name, sentence)

    def require_wording(self, wish: Wish) -> None:
        """Note an error when the form was sent from a page with another sentence than this one.

        A form without any, which no page of ours sends, is accepted, and the journal has no sentence for it.
        """
        if self["wording"] not in {"", wish.id}:
            self.general_error = _(_OTHER_WORDING)

    @property
    def asks_for_captcha(self) -> bool:
        """Whether the voter pressed the button for another CAPTCHA."""
        return self["action"] == "captcha"

    @property
    def is_valid(self) -> bool:
        """Whether no error was found."""
        return not self.errors and self.general_error is None


async def read(request: Request, max_lengths: Mapping[str, int] | None = None) -> Form:
    """Return the form that a request carries; of a field that is repeated, the last one.

    Texts are folded, but for passwords and hidden fields. They have 300 characters at most, unless `max_lengths` allows
    more for their field. A NUL becomes �, a lone surrogate ?, since no database or mailbox can keep them.

    Raises:
        HTTPException: the form cannot be read, carries a file, or names a character set (400): no browser does, and to decode some
            of them takes seconds.
        CsrfError: a hidden field is not of its shape, so the form is not ours (403).
    """
    form = Form()
    kind = request.headers.get("content-type", "").lower()
    if "multipart/" in kind and "charset" in kind:
        raise HTTPException(400)
    sent = await request.form(max_fields=30, max_files=0)
    for key, value in sent.items():
        if isinstance(value, str):
            name, text = _storable(key), _storable(value)
            if name not in _PASSWORDS | _HIDDEN.keys():
                text = fold(text)
            most = (max_lengths or {}).get(name, MAX_LENGTH)
            form.typed[name] = text[: most + 1]
            if len(text) > most:
                form.errors[name] = _(TOO_LONG)
    for name, shape in _HIDDEN.items():
        if name in form.typed and not shape.fullmatch(form[name]):
            raise CsrfError
    if form["csrf"]:  # else it is not from a page of ours
        # For the page that is shown when the session proves to be another (`web/returned_forms.py`).
        request.state.shown_again = {name: text for name, text in form.values.items() if name not in _NEVER_AGAIN}
    return form


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
