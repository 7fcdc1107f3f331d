"""Tokens of links: derived from ids, so that a retried send repeats them; the database keeps only their hashes."""

import html
import re
from base64 import b32encode

from activities.security.hashing import KeyedHash
from election.text.folding import fold

_TOKEN_BYTES = 16
_TOKEN_LENGTH = 26  # those bytes in base32
# Crockford's base32 has no i, l, o, u: a token can be read on a phone and typed on a computer.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
_MISREAD = str.maketrans("oil", "011")
_LETTERS = re.compile(r"[0-9a-z]+")
# What programs that handle addresses and mails write for a sign: `%3C`, and `=20` in quoted-printable.
_ENCODED = re.compile(r"[%=][0-9a-f]{2}")


class LinkTokens:
    """The tokens of one kind of links; those of another kind have other tokens and other hashes."""

    def __init__(self, link_key: bytes, kind: str) -> None:
        self._hash = KeyedHash(link_key)
        self._kind = kind

    def token(self, workflow_id: str, link_id: str) -> str:
        """Return the 128-bit token of a link: 26 characters of Crockford's base32.

        It depends on the workflow id too: a send for another recovery produces another token.
        """
        digest = bytes.fromhex(self._hash.hash(self._kind, workflow_id, link_id))[:_TOKEN_BYTES]
        return b32encode(digest).decode().rstrip("=").translate(_CROCKFORD)

    def hash(self, token: str) -> str:
        """Return what the database keeps of a token."""
        return self._hash.hash(f"{self._kind}-token", token)


def tokens_in(typed: str) -> dict[str, None]:
    """Return what may be the token in an address as mail programs and people mangle it.

    Signs around it and inside it do not count, encoded or not, nor words after it.
    """
    text = html.unescape(fold(typed)).lower()
    return dict.fromkeys(map(_first_letters, (_ENCODED.sub(" ", text), text)))


def _first_letters(text: str) -> str:
    token = ""
    for run in _LETTERS.findall(text):
        token += run
        if len(token) >= _TOKEN_LENGTH:
            break
    return token.translate(_MISREAD)
