"""The display window: a new code or password is given to one browser, for as long as the election says."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.contracts.messages import SealedCode

Issued = TypeVar("Issued")


class DisplayWindow:
    """Holds the sealed box until the window ends, then forgets it; without a link it shows nothing."""

    def __init__(self, link_id: str = "") -> None:
        self.link_id = link_id
        self.code: SealedCode | None = None
        self.ended = False
        self.reissued: bool | None = None  # None until the database has answered

    async def issue(self, reissue: Awaitable[Issued]) -> Issued:
        """Have the database reissue what is to be shown, and return its answer.

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

        A window that a cancellation or a newer request has ended meanwhile stays closed to any other.
        """
        given = SealedCode(box, workflow.now() + window)
        if not self.ended:
            self.code = given
        return given

    def end(self) -> None:
        """Forget the box: nobody is given the code again."""
        self.ended = True
        self.code = None

    async def closes(self, superseded: Callable[[], bool]) -> bool:
        """Return when the window has closed, in time, by the voter, or for a newer request.

        What is returned is False when no code could be reissued.
        """
        await workflow.wait_condition(lambda: self.reissued is not None or superseded())
        if self.code is not None:
            with suppress(TimeoutError):  # the end of the window is no fault
                await workflow.wait_condition(
                    lambda: self.ended or superseded(),
                    timeout=self.code.until - workflow.now(),
                    timeout_summary="Fin de l’affichage",
                )
        self.end()
        return self.reissued is not False

    @property
    def until(self) -> datetime | None:
        """When the window closes, while it is open."""
        return self.code.until if self.code else None
