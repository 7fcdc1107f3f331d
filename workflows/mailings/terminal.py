"""Shows a mailing's progress: as a bar on a terminal, as plain lines elsewhere."""

import asyncio
import json
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from temporalio.service import RPCError, RPCStatusCode

from election.text.numbers import written_decimal, written_number, written_span
from workflows.mailings.messages import MailingProgress
from workflows.mailings.starting import MailingHandle
from workflows.mailings.ui_details import heading, percent, status_line

_POLL_SECONDS = 1.0
_QUERY_TIMEOUT = timedelta(seconds=10)
_UNAVAILABLE = "Aucun worker ne répond\u00a0: l’envoi reprendra de lui-même à son retour."


async def fetch_progress(mailing: MailingHandle) -> MailingProgress:
    """Return the progress of a mailing.

    Raises:
        RPCError: it was never started, or Temporal or the worker does not answer.
    """
    progress: MailingProgress = await mailing.query(
        "progress", result_type=MailingProgress, rpc_timeout=_QUERY_TIMEOUT
    )
    return progress


def as_json(name: str, progress: MailingProgress) -> str:
    """Return the progress of a mailing as one line of JSON, for a program."""
    remaining = progress.remaining
    state = "paused" if progress.is_paused else "relay-away" if progress.relay_fault else "running"
    if progress.database_fault:
        state = "database-fault"
    return json.dumps(
        {
            "mailing": name,
            "state": progress.ending or state,
            "total": progress.total,
            "accepted": progress.accepted,
            "own": progress.own,
            "waiting": progress.waiting,
            "asked": progress.asked,
            "unprepared": progress.unprepared,
            "failed": progress.failed,
            "bounced": progress.bounced,
            "per_second": progress.per_second,
            "remaining_seconds": remaining.total_seconds() if remaining is not None else None,
            "relay_fault": progress.relay_fault,
            "database_fault": progress.database_fault,
        }
    )


async def follow(mailing: MailingHandle, console: Console) -> MailingProgress:
    """Show the progress of a mailing until it has ended, and return it; an outage is shown and waited for.

    Raises:
        RPCError: the mailing was never started.
    """
    view: _Bar | _Lines
    with _Bar(console) if console.is_terminal else _Lines(console) as view:
        while True:
            try:
                progress = await fetch_progress(mailing)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise
                view.show_text(_UNAVAILABLE)
            else:
                if progress.total:  # zero until the electors are counted
                    view.show(progress)
                if progress.ending:
                    return progress
            await asyncio.sleep(_POLL_SECONDS)


class _Bar(Progress):
    def __init__(self, console: Console) -> None:
        figures = TextColumn("{task.description}\u00a0· {task.fields[figures]}")
        super().__init__(BarColumn(), figures, console=console)
        self._task = self.add_task("Envoi", total=None, figures="")

    def show(self, progress: MailingProgress) -> None:
        """Update the bar and its figures."""
        figures = [
            percent(progress.percent),
            f"{written_number(progress.reached)} sur {written_number(progress.total)}",
        ]
        if not progress.ending:
            figures.append(f"{written_decimal(progress.per_second, 2)} par seconde")
        if progress.remaining is not None:
            figures.append(f"encore {written_span(progress.remaining)}")
        self.update(
            self._task,
            total=progress.total,
            completed=progress.reached,
            description=heading(progress).partition("\u00a0:")[0],
            figures="\u00a0· ".join(figures),
        )

    def show_text(self, text: str) -> None:
        """Show a text instead of the figures."""
        self.update(self._task, figures=text)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_line = ""

    def show(self, progress: MailingProgress) -> None:
        """Print the progress if it has changed."""
        self.show_text(status_line(progress))

    def show_text(self, text: str) -> None:
        """Print a line if it differs from the last one."""
        if text != self._last_line:
            self._last_line = text
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
