"""The database activities of one workflow: retried for some minutes, then held until an operator, the voter or time helps."""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar, TypeVarTuple, Unpack

from temporalio import exceptions, workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception
from temporalio.workflow import LocalActivityConfig

from workflows.contracts.messages import DATABASE_FAULT
from workflows.contracts.options import DATABASE_ACTIVITY, FINAL_ERRORS

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")
# An outage passes, so it is tried again without an operator. What the database refuses waits for one.
_PASSING = {"DatabaseUnavailableError", "timeout"}
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
_REASON = re.compile(r"\w{1,48}", re.ASCII)


def _never() -> bool:
    return False


class DatabaseCalls:
    """Runs database activities. `fault` is `database:` and the reason while one of them is held, else empty."""

    def __init__(self, on_change: Callable[[], None], options: LocalActivityConfig = DATABASE_ACTIVITY) -> None:
        self._on_change = on_change
        self._options = options
        self._faults: dict[int, str] = {}  # by the number of the held call
        self._calls = self._retries = self._given_up = 0
        self._attempts = 0  # activities that are running now

    @property
    def fault(self) -> str:
        """The fault of the first call that is held, or an empty string."""
        return next(iter(self._faults.values()), "")

    @property
    def is_running(self) -> bool:
        """Whether an activity is running or being retried."""
        return self._attempts > 0

    def retry(self) -> None:
        """Run the held activities again."""
        self._retries += 1
        self._faults.clear()
        self._on_change()

    def give_up(self) -> None:
        """Give up every call that was begun until now, held or still retried."""
        self._given_up = self._calls

    async def run(
        self,
        activity: Callable[[Any, Unpack[_Arguments]], Awaitable[_Result]],
        *arguments: *_Arguments,
        is_superseded: Callable[[], bool] = _never,
        holds: bool = True,
    ) -> _Result:
        """Return the result of a local activity.

        A held call ends when it `is_superseded`. With `holds=False` it is not held: its fault is raised.

        Raises:
            FailureError: one of `FINAL_ERRORS`; or the call was given up, with the type `DatabaseFault`.
        """
        self._calls += 1
        number, pause = self._calls, _FIRST_PAUSE
        try:
            while True:
                try:
                    return await self._attempt(activity, arguments, number)
                except FailureError as error:
                    reason = _reason(error)
                    if reason is None or not holds:
                        raise
                await self._hold(reason, pause, number, is_superseded)
                pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            self._release(number)

    async def hold(self, error: FailureError) -> None:
        """Return when an operator retries, after another activity has failed for good: the database has refused its statement.

        Raises:
            FailureError: it was given up, with the type `DatabaseFault`.
        """
        self._calls += 1
        number = self._calls
        try:
            await self._hold(_reason(error) or "unknown", _FIRST_PAUSE, number, _never)
        finally:
            self._release(number)

    async def _attempt(
        self, activity: Callable[..., Awaitable[_Result]], arguments: Sequence[Any], number: int
    ) -> _Result:
        running: workflow.ActivityHandle[Any] = workflow.start_local_activity_method(
            activity, args=arguments, **self._options
        )
        self._attempts += 1
        try:
            await workflow.wait_condition(lambda: running.done() or number <= self._given_up)
            if not running.done():
                running.cancel()
                raise _database_fault()
            result: _Result = await running
        finally:
            self._attempts -= 1
        return result

    async def _hold(self, reason: str, pause: timedelta, number: int, is_superseded: Callable[[], bool]) -> None:
        retries = self._retries
        if number not in self._faults:
            self._faults[number] = f"{DATABASE_FAULT}{reason}"
            self._on_change()
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._retries > retries or number <= self._given_up or is_superseded(),
                timeout=pause if reason in _PASSING else None,
                timeout_summary="Nouvel essai de la base",
            )
        if number <= self._given_up or is_superseded():
            raise _database_fault()

    def _release(self, number: int) -> None:
        # A workflow that is evicted from the cache is closed from outside.
        if self._faults.pop(number, None) and workflow.in_workflow():
            self._on_change()


def _database_fault() -> ApplicationError:
    return ApplicationError("the database did not answer, or refused", type="DatabaseFault", non_retryable=True)


def _reason(error: FailureError) -> str | None:
    """Return why a call is held, or None when its error is final for the recovery too."""
    if is_cancelled_exception(error):
        return None
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ApplicationError):
            if cause.type in {*FINAL_ERRORS, "DatabaseFault"}:
                return None
            return cause.type if _REASON.fullmatch(cause.type or "") else "unknown"
        if isinstance(cause, exceptions.TimeoutError):
            return "timeout"
        cause = cause.__cause__
    return "unknown"
