"""What a used link brings (2011): a password on one screen, an identifier in one mailbox, a notice to the work one."""

from collections.abc import Callable
from dataclasses import replace

from temporalio import workflow

from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordOrder,
    IdentifierAndPasswords,
    TakeCredentials,
)
from activities.security.purposes import CONTACT, IDENTIFIER
from activities.security.vault import key_id
from activities.sending.messaging import Notice
from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryStatus, RecoveryTerms, SealedCode
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.identifier_delivery import IdentifierDelivery
from workflows.parts.link_delivery import Destination


class IssuedCredentials:
    """The outcome of one click: over when the window has closed and the identifier is out."""

    def __init__(self, terms: RecoveryTerms, click: TakeCredentials, changed: Callable[[], None]) -> None:
        to = Destination(click.contact_id, Channel.EMAIL, click.contact, click.hint)
        self.display = DisplayWindow(click.link_id)
        self.mail = IdentifierDelivery(terms, to, click.link_id, changed)
        self._terms = terms
        self._changed = changed

    async def issue(self, order: IdentifierAndPasswordOrder, tell: Callable[[Notice], None]) -> SealedCode:
        """Return the new password in its sealed box; the identifier is mailed, and the work mailbox is told.

        Raises:
            FailureError: what no retry mends: the elector was taken off the roll.
        """
        reissue = workflow.execute_local_activity_method(
            IdentifierAndPasswords.reissue_identifier_and_password, order, **OWN_DATABASE
        )
        issued = await self.display.issue(reissue)
        given = self.display.begin(issued.box, self._terms.display_window)
        self.mail.begin(issued.identifier)
        # At once: the old password is dead, whatever becomes of the identifier's mail.
        link_id = order.click.link_id
        tell(Notice(order.workflow_id, link_id, issued.notice, Channel.EMAIL, workflow.now()))
        self._changed()
        return given

    async def ends(self, is_replaced: Callable[[], bool]) -> Stage:
        """Return the ending, once the window has closed and the identifier is out, or will never be."""
        if not await self.display.closes(is_replaced):
            self.mail.abandon()
        else:
            self._changed()
        return await self.mail.ends()

    @property
    def keys(self) -> list[str]:
        """The ids of the vault's keys that are destroyed at the end: where the identifier went, and what it was."""
        return [key_id(self.mail.destination.request_id, CONTACT), key_id(self.mail.id, IDENTIFIER)]

    @property
    def is_under_way(self) -> bool:
        """Whether the voter is being given something; a failed mail with nothing on screen gives nothing."""
        is_leaving = not (self.mail.is_over() or self.mail.message.fault)
        return self.display.code is not None or is_leaving

    @property
    def stage(self) -> Stage | None:
        """Its stage, until it is over; a failed mail is shown even while the password is on screen."""
        if self.display.reissued is None:
            return None  # the database has not answered yet
        is_shown, stage = self.display.code is not None, self.mail.message.stage
        if self.mail.is_over():
            return Stage.DISPLAYING if is_shown else None
        return Stage.DISPLAYING if is_shown and stage is not Stage.HELD else stage

    def status(self, of_link: RecoveryStatus) -> RecoveryStatus:
        """Return the status of a recovery whose link is used: the identifier's mail is what is followed."""
        message = self.mail.message
        return replace(
            self.display.shown_in(of_link),
            hint=self.mail.destination.hint,
            accepted_at=message.accepted_at,
            link_expires_at=None,
            fault=message.fault,
            is_second_mail=True,
        )
