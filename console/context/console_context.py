"""What every router of the console uses, built once at start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client

from activities.console_services import ConsoleServices
from activities.gateways.identity.provider import OperatorProvider
from activities.security.hashing import KeyedHash
from activities.security.signatures import SigningKey
from console.context.pages import ConsolePages
from console.dashboard.snapshot import Dashboard
from election.settings import Election


@dataclass(frozen=True)
class ConsoleContext:
    """The election, the services that read, the client of Temporal, the pages.

    Operators reach the console at `public_url`, without a slash at its end, under `/exploitation`. `temporal_ui` is the address
    of the namespace in the Temporal UI. `signing_key` signs operators' orders, `form_key` makes the tokens of forms.
    """

    election: Election
    services: ConsoleServices
    client: Client
    provider: OperatorProvider
    pages: ConsolePages
    dashboard: Dashboard
    now: Callable[[], datetime]
    signing_key: SigningKey
    form_key: KeyedHash
    temporal_ui: str
    public_url: str

    @property
    def is_https(self) -> bool:
        """Whether operators reach the console by HTTPS."""
        return self.public_url.startswith("https://")


# Asynchronous, as each dependency here: FastAPI runs a plain function in a thread, on every request.
async def _console(request: Request) -> ConsoleContext:
    return console_of(request)


def console_of(request: Request) -> ConsoleContext:
    """Return the context of the application that serves a request."""
    console: ConsoleContext = request.app.state.context
    return console


CurrentConsole = Annotated[ConsoleContext, Depends(_console)]
