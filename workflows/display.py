"""The display window: the new code is given to one browser, for 120 seconds at most."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.voting_codes import Reissue, Reissued, VotingCodes
from workflows.messages import SealedCode
from workflows.options import OWN_DATABASE


class Display:
    """Holds the sealed box until the window ends, then forgets it; without a link it shows nothing."""

    def __init__(self, link_id: str = "") -> None:
        self.link_id = link_id
        self.code: SealedCode | None = None
        self.ended = False
        self.reissued: bool | None = None  # None until the database has answered

    async def issue(self, order: Reissue) -> Reissued:
        """Have the code reissued, and return its sealed box and the notice's envelope.

        Raises:
            FailureError: what no retry mends: the elector was taken off the roll.
        """
        try:
            issued: Reissued = await workflow.execute_local_activity_method(
                VotingCodes.reissue_voting_code, order, **OWN_DATABASE
            )
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
                    timeout_summary="Fin de l’affichage du code",
                )
        self.end()
        return self.reissued is not False

    @property
    def until(self) -> datetime | None:
        """When the window closes, while it is open."""
        return self.code.until if self.code else None
