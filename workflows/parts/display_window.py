"""The display window: the time during which one browser can fetch a new code or password."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.contracts.messages import RecoveryStatus, SealedSecret

Issued = TypeVar("Issued")


class DisplayWindow:
    """Holds the new secret, encrypted for one browser, until the window ends, and then deletes it.

    `link_id` is the used link, or empty before a link is used.
    """

    def __init__(self, link_id: str = "") -> None:
        self.link_id = link_id
        self.secret: SealedSecret | None = None
        self.has_ended = False
        self.is_reissued: bool | None = None  # None until the database has answered

    async def issue(self, reissue: Awaitable[Issued]) -> Issued:
        """Return the result of the reissue, which is a local activity, and note whether it succeeded.

        Raises:
            FailureError: the activity failed for good: the elector is off the roll, or a newer link was used first.
        """
        try:
            issued = await reissue
        except FailureError:  # the SDK wraps a local activity's failure in no ActivityError
            self.is_reissued = False
            raise
        self.is_reissued = True
        return issued

    def begin(self, box: str, window: timedelta) -> SealedSecret:
        """Open the window, and return the sealed secret for the browser that clicked.

        If a cancellation or a newer request has ended the window before, that browser alone gets the code.
        """
        secret = SealedSecret(box, workflow.now() + window)
        if not self.has_ended:
            self.secret = secret
        return secret

    def end(self) -> None:
        """End the window and delete the sealed secret."""
        self.has_ended = True
        self.secret = None

    async def wait_for_end(self, is_replaced: Callable[[], bool]) -> bool:
        """Return True once the window has ended, or False if the reissue failed.

        The window ends after its time, by the voter or by a newer request.
        """
        await workflow.wait_condition(lambda: self.is_reissued is not None or is_replaced())
        if self.secret is not None:
            with suppress(TimeoutError):  # the ordinary end of the window
                await workflow.wait_condition(
                    lambda: self.has_ended or is_replaced(),
                    timeout=self.secret.until - workflow.now(),
                    timeout_summary="Fin de l’affichage",
                )
        self.end()
        return self.is_reissued is not False

    def add_to_status(self, status: RecoveryStatus) -> RecoveryStatus:
        """Return the status, with the end of the window while the window is open."""
        return replace(status, display_until=self.secret.until) if self.secret else status
