"""Seals a new secret to the browser that asked for it, so that neither a dump nor an operator can read it."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random


def new_seed() -> str:
    """Return a new seed (base64url, 43 characters) for the browser's cookie; the private key is made from it."""
    return b64encode(random(PrivateKey.SEED_SIZE), b"-_").decode().rstrip("=")


def is_seed(cookie: str) -> bool:
    """Return whether a cookie has the form of a seed."""
    try:
        _private(cookie)
    except ValueError:
        return False
    return True


def public_key_of(seed: str) -> str:
    """Return the public key (base64) of a browser's seed.

    Raises:
        ValueError: the text has not the form of a seed.
    """
    return b64encode(bytes(_private(seed).public_key)).decode()


def seal(public_key: str, clear: str) -> str:
    """Return a sealed box (base64) that only the seed of this public key opens."""
    return b64encode(SealedBox(PublicKey(b64decode(public_key))).encrypt(clear.encode())).decode()


def unseal(seed: str, box: str) -> str | None:
    """Return the text in a sealed box, or None when the seed does not open it."""
    try:
        return SealedBox(_private(seed)).decrypt(b64decode(box)).decode()
    except (CryptoError, ValueError):
        return None


def _private(seed: str) -> PrivateKey:
    try:
        raw = b64decode(seed + "=", b"-_", validate=True)
    except Base64Error as error:
        raise ValueError("not a seed") from error
    if len(raw) != PrivateKey.SEED_SIZE:
        raise ValueError("not a seed")
    return PrivateKey.from_seed(raw)
