"""Seals what was typed in a form for the browser that typed it: the page, the database and the web's key do not open it alone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from activities.security.hashing import KeyedHash

# How long a browser keeps a draft.
KEPT = timedelta(minutes=15)


class SealedDrafts:
    """Seals and opens texts under a key that is derived from the web's key and from a session's cookie."""

    def __init__(self, keyed: KeyedHash) -> None:
        self._keyed = keyed

    def seal(self, form: str, cookie: str, clear: str) -> str:
        """Return a text sealed for one form and one session (base64url)."""
        return urlsafe_b64encode(self._box(form, cookie).encrypt(clear.encode())).decode().rstrip("=")

    def open(self, form: str, cookie: str, sealed: str) -> str | None:
        """Return the text that was sealed for this form and session, or None when there is none."""
        try:
            raw = urlsafe_b64decode(sealed.encode() + b"=" * (-len(sealed) % 4))
            return self._box(form, cookie).decrypt(raw).decode()
        except (CryptoError, ValueError):  # not ours, of another session, or cut short
            return None

    def _box(self, form: str, cookie: str) -> SecretBox:
        return SecretBox(bytes.fromhex(self._keyed.hash("draft", form, cookie)))
