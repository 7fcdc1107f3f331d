"""Clicks on one-time links: the web signs them, where the link's token was received; workflow and activity verify them.

Link ids are readable in Temporal's histories. Without the signature, whoever may send updates could use a link in the
voter's place.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, TypeVar

from activities.security.signatures import Signed, SigningKey, is_signed


class InvalidSignatureError(Exception):
    """Raised when a message does not have a valid signature of the web; retries do not help."""


class Click(Protocol):
    """What a voter's browser does with a link; `signed_fields` is all of its content beside the link's id."""

    signed_as: ClassVar[Signed]

    @property
    def link_id(self) -> str:
        """The link's id."""

    @property
    def signature(self) -> str:
        """The web's signature."""

    @property
    def signed_fields(self) -> tuple[str, ...]:
        """What is signed beside the recovery's and the link's ids."""


@dataclass(frozen=True)
class EndDisplay:
    """The voter has noted the secret that a link shows: the display ends early."""

    link_id: str
    signature: str = ""
    signed_as: ClassVar[Signed] = Signed.NOTED
    signed_fields: ClassVar[tuple[str, ...]] = ()


ClickT = TypeVar("ClickT", bound=Click)


def signed(key: SigningKey, workflow_id: str, click: ClickT) -> ClickT:
    """Return a click with the web's signature."""
    signature = key.sign(click.signed_as, workflow_id, click.link_id, *click.signed_fields)
    return replace(click, signature=signature)  # type: ignore[type-var] # each click is a dataclass


def is_from_web(public_key: str, workflow_id: str, click: Click) -> bool:
    """Return whether the web has signed a click, with this content and for this recovery's link."""
    return is_signed(
        public_key, click.signature, click.signed_as, workflow_id, click.link_id, *click.signed_fields
    )


def require_from_web(public_key: str, workflow_id: str, click: Click) -> None:
    """Return if the web has signed a click.

    Raises:
        InvalidSignatureError: it has not.
    """
    if not is_from_web(public_key, workflow_id, click):
        raise InvalidSignatureError("the web has not signed this click")
