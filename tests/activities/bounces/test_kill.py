"""A process that is killed as soon as it has taken a bounce loses nothing."""

import asyncio
import os
import signal
import smtplib
import sys
from contextlib import suppress
from pathlib import Path

from activities.bounces.settlement import BounceSettlement
from activities.gateways.mail.return_path import ReturnPaths
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from activities.store.tables import messages
from tests.support.database_dump import rows
from tests.support.signing import MESSAGING_SEED
from tests.support.waiting import free_port, listens, until

_UNKNOWN = (Path(__file__).with_name("corpus") / "postfix-unknown.eml").read_bytes()
_PROGRAM = """
import asyncio, sys
from activities.bounces.inbox import BounceInbox
from activities.bounces.lmtp import BounceLmtp
from activities.config.clock import utc_now
from activities.gateways.mail.return_path import ReturnPaths
from activities.store.database import Database
url, seed, port = sys.argv[1:]
inbox = BounceInbox(Database(url), bytes.fromhex(seed), utc_now)
asyncio.run(BounceLmtp(ReturnPaths(bytes.fromhex(seed), "vote.fr"), inbox, "127.0.0.1", int(port)).run())
"""


async def test_a_bounce_that_was_taken_is_settled_after_a_kill(
    database_url: str, database: Database, ledger: Ledger, settlement: BounceSettlement
) -> None:
    """SIGKILL right after « 250 »: another process reads what the dead one has stored."""
    outgoing = Outgoing("link-1", "code-de-vote/ended", "link", "email", "smtp", "exemple.fr")
    await ledger.begin(outgoing)
    await ledger.accepted(outgoing, ())
    port = free_port()
    program = (sys.executable, "-c", _PROGRAM, database_url, MESSAGING_SEED, str(port))
    process = await asyncio.create_subprocess_exec(*program)
    try:
        await until(lambda: listens(port))

        def report_and_kill() -> None:
            with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
                client.sendmail(
                    "", [ReturnPaths(bytes.fromhex(MESSAGING_SEED), "vote.fr").address("link-1")], _UNKNOWN
                )
                os.kill(process.pid, signal.SIGKILL)

        await asyncio.to_thread(report_and_kill)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    await settlement.settle()
    assert [row["outcome"] for row in await rows(database, messages)] == ["bounce-5.1.1"]
