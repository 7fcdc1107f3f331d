"""What is behind a used link (2011): a password on one screen, an identifier in one mailbox, a notice to the work one."""

from collections.abc import Callable
from dataclasses import replace

from temporalio import workflow

from activities.recoveries.identifier_and_password import IdentifierAndPasswordOrder, IdentifierAndPasswords
from activities.sending.messaging import Notice
from election.stages import Channel, Stage
from workflows.contracts.messages import IdentifierAndPasswordClick, RecoveryStatus, RecoveryTerms, SealedCode
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.identifier_by_mail import IdentifierByMail
from workflows.parts.security_notice import SecurityNotice


class IssuedCredentials:
    """One click, and what comes of it: over when the window has closed and the identifier is out."""

    def __init__(
        self, terms: RecoveryTerms, click: IdentifierAndPasswordClick, changed: Callable[[], None]
    ) -> None:
        self.display = DisplayWindow(click.link_id)
        self.mail = IdentifierByMail(terms, click, changed)
        self._terms = terms
        self._notice: SecurityNotice | None = None
        self._changed = changed

    async def issue(self, order: IdentifierAndPasswordOrder) -> SealedCode:
        """Have both reissued, mail the identifier, tell the work mailbox; return the password in its sealed box.

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
        told = Notice(order.workflow_id, order.link_id, issued.notice, Channel.EMAIL, workflow.now())
        self._notice = SecurityNotice(told)
        self._changed()
        return given

    async def ends(self, superseded: Callable[[], bool]) -> Stage:
        """Return how it ended, once the window has closed and the identifier is out, or will never be."""
        if not await self.display.closes(superseded):
            return self.mail.abandon()
        self._changed()
        return await self.mail.ends()

    @property
    def is_told(self) -> bool:
        """Say whether no notice is owed."""
        return self._notice is None or self._notice.is_over

    @property
    def is_under_way(self) -> bool:
        """Say whether the voter is being given something: a failed mail with nothing on screen gives nothing."""
        is_leaving = not (self.mail.is_over() or self.mail.message.fault)
        return self.display.code is not None or is_leaving

    @property
    def stage(self) -> Stage | None:
        """Where it stands, until it is over; a failed mail is said even while the password is on screen."""
        is_shown, stage = self.display.code is not None, self.mail.message.stage
        if self.mail.is_over():
            return Stage.DISPLAYING if is_shown else None
        return Stage.DISPLAYING if is_shown and stage is not Stage.HELD else stage

    def status(self, of_link: RecoveryStatus) -> RecoveryStatus:
        """Return the status of a recovery whose link is used: what is followed is the identifier's mail."""
        message = self.mail.message
        return replace(
            of_link,
            hint=self.mail.click.hint,
            accepted_at=message.accepted_at,
            link_expires_at=None,
            fault=message.fault,
            is_second_mail=True,
        )
