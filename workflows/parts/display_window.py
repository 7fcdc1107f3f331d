"""The display window: a new code or password is given to one browser, for as long as the election says."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.contracts.messages import RecoveryStatus, SealedCode

Issued = TypeVar("Issued")


class DisplayWindow:
    """Holds the sealed box until the window ends, then forgets it; without a link it shows nothing."""

    def __init__(self, link_id: str = "") -> None:
        self.link_id = link_id
        self.code: SealedCode | None = None
        self.ended = False
        self.reissued: bool | None = None  # None until the database has answered

    async def issue(self, reissue: Awaitable[Issued]) -> Issued:
        """Return the database's answer to the reissue of what is to be shown.

        Raises:
            FailureError: what no retry mends: the elector was taken off the roll, or a newer link came first.
        """
        try:
            issued = await reissue
        except FailureError:  # a local activity's own: no ActivityError is put around it
            self.reissued = False
            raise
        self.reissued = True
        return issued

    def begin(self, box: str, window: timedelta) -> SealedCode:
        """Open the window now, and return what the browser that clicked is given.

        A window that a cancellation or a newer request has ended meanwhile stays closed to any other browser.
        """
        given = SealedCode(box, workflow.now() + window)
        if not self.ended:
            self.code = given
        return given

    def end(self) -> None:
        """Forget the box: the code is not given again."""
        self.ended = True
        self.code = None

    async def closes(self, is_replaced: Callable[[], bool]) -> bool:
        """Return once the window has closed: in time, by the voter, or for a newer request.

        What is returned is False when no code could be reissued.
        """
        await workflow.wait_condition(lambda: self.reissued is not None or is_replaced())
        if self.code is not None:
            with suppress(TimeoutError):  # the end of the window is no fault
                await workflow.wait_condition(
                    lambda: self.ended or is_replaced(),
                    timeout=self.code.until - workflow.now(),
                    timeout_summary="Fin de l’affichage",
                )
        self.end()
        return self.reissued is not False

    def shown_in(self, status: RecoveryStatus) -> RecoveryStatus:
        """Return a status that says until when the window is open, if it is."""
        return replace(status, display_until=self.code.until) if self.code else status
