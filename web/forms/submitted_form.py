"""A submitted form: its texts, the errors found in it, and what can be shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import HTTPException, Request

MAX_LENGTH = 300
TOO_LONG = "Cette réponse est trop longue."
# Typed by the voter, never sent back in a page.
_NEVER_SHOWN = frozenset(
    {
        "password",
        "voting_code",
        "answer",
        "proof",
        "numen",
        "birth_date",
        "birth_department",
        "captcha",
        "confirmation",
    }
)


@dataclass
class Form:
    """What was typed, and the French sentence of each error, in the order of the fields.

    `general_error` is a French sentence about the form as a whole.
    """

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    general_error: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """What can be shown again: no password, no code, no proof."""
        return {name: text for name, text in self.typed.items() if name not in _NEVER_SHOWN}

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

    Texts have 300 characters at most, unless `max_lengths` allows more for their field. A NUL becomes �, a lone
    surrogate ?, since no database or mailbox can keep them.

    Raises:
        HTTPException: the form cannot be read, or carries a file (400).
    """
    form = Form()
    try:
        sent = await request.form(max_fields=30, max_files=0)
    except ValueError:  # an unknown character set
        raise HTTPException(400) from None
    for key, value in sent.items():
        if isinstance(value, str):
            name = _storable(key)
            most = (max_lengths or {}).get(name, MAX_LENGTH)
            form.typed[name] = _storable(value)[: most + 1]
            if len(value) > most:
                form.errors[name] = TOO_LONG
    return form


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
