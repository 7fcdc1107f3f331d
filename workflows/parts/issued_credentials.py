"""What a used link issues (2011): a password on the screen, an identifier by e-mail, a notice to the work mailbox."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from temporalio import workflow

from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordOrder,
    IdentifierAndPasswords,
    TakeCredentials,
)
from activities.recoveries.notices import Notice
from activities.security.purposes import CONTACT, IDENTIFIER
from activities.security.vault import key_id
from election.recovery_terms import RecoveryTerms
from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryStatus, SealedSecret
from workflows.parts.database_calls import DatabaseCalls
from workflows.parts.display_window import DisplayWindow
from workflows.parts.identifier_delivery import IdentifierDelivery
from workflows.parts.link_delivery import Destination


class IssuedCredentials:
    """The credentials that one click issues; they are complete when the window has ended and the identifier is sent."""

    def __init__(
        self, terms: RecoveryTerms, database: DatabaseCalls, click: TakeCredentials, on_change: Callable[[], None]
    ) -> None:
        to = Destination(click.contact_id, Channel.EMAIL, click.contact, click.hint, click.language)
        self.display = DisplayWindow(click.link_id)
        self.delivery = IdentifierDelivery(terms, database, to, click.link_id, on_change)
        self._terms = terms
        self._database = database
        self._on_change = on_change

    async def issue(
        self,
        order: IdentifierAndPasswordOrder,
        send_notice: Callable[[Notice], None],
        tell: Callable[[Iterable[str]], None],
    ) -> SealedSecret:
        """Return the sealed new password, start sending the identifier and the notice, and `tell` the other recoveries.

        Raises:
            FailureError: the local activity failed for good: the elector was taken off the roll.
        """
        reissue = self._database.run(IdentifierAndPasswords.reissue_identifier_and_password, order)
        issued = await self.display.issue(reissue)
        password = self.display.begin(issued.box, self._terms.display_window)
        self.delivery.begin(issued.identifier)
        # Not after the e-mail: the old password is already replaced, even if the e-mail fails.
        notice = (order.workflow_id, order.click.link_id, issued.notice, Channel.EMAIL, workflow.now())
        send_notice(Notice(*notice, language=order.click.language))
        tell(issued.others)
        self._on_change()
        return password

    async def wait_for_end(self, is_replaced: Callable[[], bool]) -> Stage:
        """Return the ending, once the window has ended and the identifier is sent or abandoned."""
        if not await self.display.wait_for_end(is_replaced):
            self.delivery.abandon()
        else:
            self._on_change()
        return await self.delivery.wait_for_end()

    @property
    def key_ids(self) -> list[str]:
        """The ids of the vault keys to destroy at the end: of the e-mail address and of the identifier."""
        return [key_id(self.delivery.destination.request_id, CONTACT), key_id(self.delivery.id, IDENTIFIER)]

    @property
    def is_in_progress(self) -> bool:
        """Whether the password is displayed or the e-mail is being sent; a failed e-mail alone does not count."""
        is_sending = not (self.delivery.has_ended() or self.delivery.message.fault)
        return self.display.secret is not None or is_sending

    @property
    def stage(self) -> Stage | None:
        """The stage, or None when it is complete; a failed e-mail comes before a displayed password."""
        if self.display.is_reissued is None:
            return None  # the reissue has not returned yet
        is_displayed, stage = self.display.secret is not None, self.delivery.message.stage
        if self.delivery.has_ended():
            return Stage.DISPLAYING if is_displayed else None
        return Stage.DISPLAYING if is_displayed and stage is not Stage.HELD else stage

    def status(self, link_status: RecoveryStatus) -> RecoveryStatus:
        """Return the status of a recovery whose link was used, with the state of the identifier's e-mail."""
        message = self.delivery.message
        return replace(
            self.display.add_to_status(link_status),
            hint=self.delivery.destination.hint,
            accepted_at=message.accepted_at,
            link_expires_at=None,
            fault=message.fault or message.postponement,
            tries_end_at=message.tries_end_at,
            is_second_mail=True,
        )
