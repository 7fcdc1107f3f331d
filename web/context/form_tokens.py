"""The hidden field of every form: a post without it was not made from our own page."""

from hmac import compare_digest

from activities.security.hashing import KeyedHash


class FormTokens:
    """Makes and checks tokens bound to one session, or to one link."""

    def __init__(self, form_key: bytes) -> None:
        self._hash = KeyedHash(form_key)

    def make(self, bound_to: str) -> str:
        """Return the token of whoever holds that session or link."""
        return self._hash.of("csrf", bound_to)

    def check(self, bound_to: str, token: str) -> bool:
        """Say whether a token is theirs."""
        return compare_digest(self.make(bound_to).encode(), token.encode())
