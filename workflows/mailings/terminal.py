"""A campaign on a terminal: a bar with percent, how many of how many, rate, time left; elsewhere plain lines."""

import asyncio
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from temporalio.service import RPCError, RPCStatusCode

from election.french_numbers import french_number
from workflows.mailings.messages import CampaignProgress
from workflows.mailings.starting import Campaign
from workflows.mailings.ui_details import decimal, duration, heading, percent, sentence

_LOOK_EVERY = 1.0
_ANSWERED_WITHIN = timedelta(seconds=10)
_AWAY = "Aucun worker ne répond\u00a0: l’envoi reprendra de lui-même à son retour."


async def look(campaign: Campaign) -> CampaignProgress:
    """Return how far a campaign is.

    Raises:
        RPCError: it was never begun, or nobody answers.
    """
    told: CampaignProgress = await campaign.query(
        "progress", result_type=CampaignProgress, rpc_timeout=_ANSWERED_WITHIN
    )
    return told


async def follow(campaign: Campaign, console: Console) -> CampaignProgress:
    """Show how far a campaign is until it has ended, and return how; what is away is waited for.

    Raises:
        RPCError: it was never begun.
    """
    shown: _Bar | _Lines
    with _Bar(console) if console.is_terminal else _Lines(console) as shown:
        while True:
            try:
                progress = await look(campaign)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise
                shown.say(_AWAY)
            else:
                if progress.total:  # counted already
                    shown.show(progress)
                if progress.ended:
                    return progress
            await asyncio.sleep(_LOOK_EVERY)


class _Bar(Progress):
    def __init__(self, console: Console) -> None:
        told = TextColumn("{task.description}\u00a0· {task.fields[told]}")
        super().__init__(BarColumn(), told, console=console)
        self._task = self.add_task("Envoi", total=None, told="")

    def show(self, progress: CampaignProgress) -> None:
        """Move the bar."""
        told = [
            percent(progress.percent),
            f"{french_number(progress.reached)} sur {french_number(progress.total)}",
        ]
        if not progress.ended:
            told.append(f"{decimal(progress.per_second)} par seconde")
        if progress.remaining is not None:
            told.append(f"encore {duration(progress.remaining)}")
        self.update(
            self._task,
            total=progress.total,
            completed=progress.reached,
            description=heading(progress).partition("\u00a0:")[0],
            told="\u00a0· ".join(told),
        )

    def say(self, text: str) -> None:
        """Say something in place of the figures."""
        self.update(self._task, told=text)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = ""

    def show(self, progress: CampaignProgress) -> None:
        """Write a line when it is another one."""
        self.say(sentence(progress))

    def say(self, text: str) -> None:
        """Write a line when it is another one."""
        if text != self._said:
            self._said = text
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
