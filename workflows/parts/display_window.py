"""The display window: the time during which one browser can fetch a new code or password."""

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
    """Holds the new secret, encrypted for one browser, until the window ends, and then deletes it.

    `link_id` is the used link, or empty before a link is used.
    """

    def __init__(self, link_id: str = "") -> None:
        self.link_id = link_id
        self.code: SealedCode | None = None
        self.ended = False
        self.reissued: bool | None = None  # None until the database has answered

    async def issue(self, reissue: Awaitable[Issued]) -> Issued:
        """Return the result of the reissue, which is a local activity, and note whether it succeeded.

        Raises:
            FailureError: the activity failed for good: the elector is off the roll, or a newer link was used first.
        """
        try:
            issued = await reissue
        except FailureError:  # the SDK wraps a local activity's failure in no ActivityError
            self.reissued = False
            raise
        self.reissued = True
        return issued

    def begin(self, box: str, window: timedelta) -> SealedCode:
        """Open the window, and return the sealed code for the browser that clicked.

        If a cancellation or a newer request has ended the window before, that browser alone gets the code.
        """
        code = SealedCode(box, workflow.now() + window)
        if not self.ended:
            self.code = code
        return code

    def end(self) -> None:
        """End the window and delete the sealed code."""
        self.ended = True
        self.code = None

    async def wait_for_close(self, is_replaced: Callable[[], bool]) -> bool:
        """Return when the window has ended: after its time, by the voter, or by a newer request.

        The result is False when the reissue has failed.
        """
        await workflow.wait_condition(lambda: self.reissued is not None or is_replaced())
        if self.code is not None:
            with suppress(TimeoutError):  # the ordinary end of the window
                await workflow.wait_condition(
                    lambda: self.ended or is_replaced(),
                    timeout=self.code.until - workflow.now(),
                    timeout_summary="Fin de l’affichage",
                )
        self.end()
        return self.reissued is not False

    def add_to_status(self, status: RecoveryStatus) -> RecoveryStatus:
        """Return the status with the end of the window, if the window is open."""
        return replace(status, display_until=self.code.until) if self.code else status
