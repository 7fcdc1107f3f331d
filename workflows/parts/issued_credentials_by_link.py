"""Every used link of one recovery (2011), and what each gave: the newest is the live one."""

from collections.abc import Callable
from dataclasses import replace

from temporalio import workflow

from activities.recoveries.identifier_and_password import IdentifierAndPasswords, IdentifierAndPasswordSettlement
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Stage
from workflows.contracts.messages import Cancel, IdentifierAndPasswordClick, RecoveryTerms
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.issued_credentials import IssuedCredentials
from workflows.parts.link_deliveries import LinkDeliveries


class IssuedCredentialsByLink:
    """Begins what a click asks for, and knows at the end what is to be forgotten."""

    def __init__(self, terms: RecoveryTerms, deliveries: LinkDeliveries, changed: Callable[[], None]) -> None:
        self._terms = terms
        self._deliveries = deliveries
        self._changed = changed
        self._all: dict[str, IssuedCredentials] = {}
        self._unused_requests: list[str] = []
        self._cancel = Cancel("")

    @property
    def current(self) -> IssuedCredentials | None:
        """What is behind the newest link, once it is used."""
        return self.of(self._deliveries.current.id) if self._deliveries.current else None

    @property
    def are_told(self) -> bool:
        """Say whether no notice is owed."""
        return all(each.is_told for each in self._all.values())

    def of(self, link_id: str) -> IssuedCredentials | None:
        """Return what is behind a link, or None unless it is used."""
        return self._all.get(link_id)

    def begin(self, click: IdentifierAndPasswordClick) -> IssuedCredentials:
        """Return what is behind a link that is used now."""
        self._all[click.link_id] = begun = IssuedCredentials(self._terms, click, self._changed)
        return begun

    def is_busy(self) -> bool:
        """Say whether a link has just left, or the voter is being given what was behind one."""
        link = self._deliveries.current
        if link is not None and not link.link.has_ended():
            return workflow.now() < link.message.again_at
        return self.current is not None and self.current.is_under_way

    def forget(self, request: str) -> None:
        """Let a request have come to nothing, though it was judged."""
        self._unused_requests.append(key_id(request, CONTACT))

    async def retry(self, operator: str) -> None:
        """Try what has failed again: the identifier's mail, or the link's before it."""
        await (self.current.mail if self.current else self._deliveries).retry(operator)

    async def cancel(self, cancel: Cancel, stage: Stage) -> None:
        """End what lives in the name of an operator: a link, or a mail that is not out; else journal it alone."""
        given = self.current
        if given is not None:
            given.display.end()
            await workflow.wait_condition(lambda: not given.mail.is_activating)
        if given is not None and not given.mail.is_over():
            self._cancel = cancel
            given.mail.abandon()
        elif not self._deliveries.cancel(cancel.operator, cancel.reason):
            await self._deliveries.note_cancel(cancel.operator, cancel.reason, stage)

    async def settle(self, ending: Stage) -> None:
        """Have the end written: identifiers that never worked never will, and no key is left."""
        settlement, mails = self._deliveries.settlement(ending), [each.mail for each in self._all.values()]
        if self._cancel.operator and ending is Stage.CANCELLED:
            settlement = replace(settlement, operator=self._cancel.operator, reason=self._cancel.reason)
        keys = {*settlement.keys, *self._unused_requests, *(key for mail in mails for key in mail.keys)}
        abandon = [mail.id for mail in mails if not mail.is_activated]
        end = IdentifierAndPasswordSettlement(replace(settlement, keys=sorted(keys)), abandon)
        await workflow.execute_local_activity_method(
            IdentifierAndPasswords.settle_identifier_and_password, end, **OWN_DATABASE
        )
