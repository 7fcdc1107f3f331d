"""The new code, sealed to the browser that asked for it: no dump, no operator can open it."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random


def new_seed() -> str:
    """Return the private half (base64url, 43 characters) that the browser keeps in a cookie."""
    return b64encode(random(PrivateKey.SEED_SIZE), b"-_").decode().rstrip("=")


def is_seed(cookie: str) -> bool:
    """Say whether a cookie holds a seed that `new_seed` made."""
    try:
        _private(cookie)
    except ValueError:
        return False
    return True


def public_half(seed: str) -> str:
    """Return the public half (base64) of a browser's seed.

    Raises:
        ValueError: the cookie is not one that `new_seed` made.
    """
    return b64encode(bytes(_private(seed).public_key)).decode()


def seal(public: str, clear: str) -> str:
    """Return a sealed box (base64) that only the browser with the private half can open."""
    return b64encode(SealedBox(PublicKey(b64decode(public))).encrypt(clear.encode())).decode()


def unseal(seed: str, box: str) -> str | None:
    """Return what a sealed box holds, or None when it was sealed to another browser."""
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
