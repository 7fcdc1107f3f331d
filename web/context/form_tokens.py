"""The hidden field of every form (CSRF): a post without it was not made from our own page."""

from hmac import compare_digest

from activities.security.hashing import KeyedHash


class CsrfError(Exception):
    """Raised when a form's hidden field is missing, or belongs to another session or link; answered with 403."""


class FormTokens:
    """Makes and checks tokens that are bound to a session or link, and to whatever else is given."""

    def __init__(self, form_key: bytes) -> None:
        self._hash = KeyedHash(form_key)

    def make(self, *bound_to: str) -> str:
        """Return the token for a session or link."""
        return self._hash.hash("csrf", *bound_to)

    def require(self, token: str, *bound_to: str) -> None:
        """Accept a token that was made for the same session or link.

        Raises:
            CsrfError: it was not.
        """
        if not compare_digest(self.make(*bound_to).encode(), token.encode()):
            raise CsrfError
