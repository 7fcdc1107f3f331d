"""The endpoint takes what servers send to a return path, whatever it is, and says so once it is stored."""

import asyncio
import smtplib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from activities.bounces.inbox import BounceInbox
from activities.bounces.lmtp import BounceLmtp
from activities.config.settings import SettingsError
from activities.gateways.mail.return_path import ReturnPaths
from activities.store.bounce_table import bounces
from activities.store.database import Database
from tests.activities.bounces.conftest import inbox_of
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.waiting import free_port, listens, running, until

_PATHS = ReturnPaths(b"k" * 32, "vote.exemple.fr")
_OURS = _PATHS.address("link-1")
_T = TypeVar("_T")


@asynccontextmanager
async def _serving(inbox: BounceInbox) -> AsyncIterator[int]:
    port = free_port()
    async with running(BounceLmtp(_PATHS, inbox, "127.0.0.1", port).run()):
        await until(lambda: listens(port))
        yield port


async def _with(port: int, work: Callable[[smtplib.LMTP], _T]) -> _T:
    def connected() -> _T:
        with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
            return work(client)

    return await asyncio.to_thread(connected)


@pytest.mark.parametrize(
    "mail",
    [b"", b"Subject: x\r\n\r\n" + b"y" * 40_000, bytes(range(128, 256)) * 20, b"a\0b\r\n.\r\n..\r\n"],
    ids=["empty", "a long line", "bytes", "dots"],
)
async def test_whatever_comes_is_stored_as_it_came(inbox: BounceInbox, database: Database, mail: bytes) -> None:
    """Sealed, so that no other process can read it."""
    async with _serving(inbox) as port:
        await _with(port, lambda client: client.sendmail("", [_OURS], mail))
    (row,) = await rows(database, bounces)
    assert (row["message_id"], row["settled_at"]) == ("link-1", None)
    assert inbox.open(row["sealed"]).rstrip() == mail.rstrip()
    assert mail == b"" or mail not in row["sealed"]


async def test_a_stop_does_not_wait_for_an_open_connection(inbox: BounceInbox) -> None:
    """Mail servers keep theirs open between two mails; the port takes no more connections."""
    port = free_port()
    serving = asyncio.create_task(BounceLmtp(_PATHS, inbox, "127.0.0.1", port).run())
    await until(lambda: listens(port))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await reader.readline()).startswith(b"220 ")
    serving.cancel()
    await asyncio.wait([serving], timeout=10)
    assert serving.cancelled()
    assert not listens(port)
    writer.close()


async def test_a_forged_token_is_refused(inbox: BounceInbox, database: Database) -> None:
    """So is what is no return path; nothing of it is stored. The server that sends drops the report of a report."""
    forged = _PATHS.address("link-1").replace("link-1", "link-2")

    def send(client: smtplib.LMTP) -> list[int]:
        client.ehlo()
        client.mail("")
        return [client.rcpt(address)[0] for address in (forged, "camille@exemple.fr", _OURS, _OURS)]

    async with _serving(inbox) as port:
        assert await _with(port, send) == [550, 550, 250, 452]
    assert await rows(database, bounces) == []


async def test_a_huge_mail_is_refused_and_the_next_one_taken(inbox: BounceInbox, database: Database) -> None:
    """A megabyte is the most."""

    def send(client: smtplib.LMTP) -> int:
        client.ehlo()
        client.mail("")  # without its size, which servers may leave out
        client.rcpt(_OURS)
        refused, _ = client.data(b"0123456789\r\n" * 100_000)
        client.sendmail("", [_OURS], b"small")
        return refused

    async with _serving(inbox) as port:
        assert await _with(port, send) == 552
    assert len(await rows(database, bounces)) == 1


async def test_of_one_message_twenty_reports_are_taken(inbox: BounceInbox, database: Database) -> None:
    """Who has received a mail knows its return path; what comes for another message is taken all the same."""

    def send(client: smtplib.LMTP) -> int:
        for _ in range(20):
            client.sendmail("", [_OURS], b"small")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("", [_OURS], b"small")
        client.sendmail("", [_PATHS.address("link-2")], b"small")
        return refused.value.smtp_code

    async with _serving(inbox) as port:
        assert await _with(port, send) == 550
    assert Counter(row["message_id"] for row in await rows(database, bounces)) == {"link-1": 20, "link-2": 1}


async def test_without_a_database_the_server_is_told_to_try_again(now: Clock) -> None:
    """It keeps the mail, and is not told that it was taken."""
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    async with _serving(inbox_of(away, now)) as port:

        def send(client: smtplib.LMTP) -> int:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.sendmail("", [_OURS], b"x")
            return refused.value.smtp_code

        assert await _with(port, send) == 451


async def test_a_port_in_use_is_named(inbox: BounceInbox) -> None:
    """The worker ends with one line."""
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsError, match="REASSORT_LMTP_PORT"):
        await BounceLmtp(_PATHS, inbox, "127.0.0.1", other.getsockname()[1]).run()
