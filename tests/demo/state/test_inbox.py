"""What the demo's phones and mailboxes keep."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from demo.state.inbox import Inbox
from tests.support.clock import Clock


def test_what_arrived_can_be_read_in_order(tmp_path: Path, now: Clock) -> None:
    """A message is read as it came, with the instant at which it came."""
    inbox = Inbox.under(tmp_path, now)
    inbox.add("sms", "+33600000001", "", "Bonjour à « tous »")
    inbox.add("email", "a@exemple.fr", "Sujet", "Texte")
    sms, email = Inbox.under(tmp_path).since(0)
    assert (sms.channel, sms.to, sms.subject, sms.text) == ("sms", "+33600000001", "", "Bonjour à « tous »")
    assert (email.channel, email.to, email.subject, email.text) == ("email", "a@exemple.fr", "Sujet", "Texte")
    assert sms.id < email.id
    assert email.at == now()


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Whoever reads from the last id seen misses nothing and reads nothing twice."""
    inbox = Inbox(tmp_path / "world.sqlite")
    for number in range(5):
        inbox.add("sms", "+33600000001", "", str(number))
    first = inbox.since(0, limit=2)
    rest = inbox.since(first[-1].id)
    assert [message.text for message in [*first, *rest]] == ["0", "1", "2", "3", "4"]
    assert inbox.since(rest[-1].id) == []


def test_what_nobody_known_received_can_be_read_too(tmp_path: Path) -> None:
    """An address that was made up when the form was filled in, newest first."""
    inbox = Inbox(tmp_path / "world.sqlite")
    for to in ("a@exemple.fr", "b@exemple.fr", "c@exemple.fr"):
        inbox.add("email", to, "Sujet", "Texte")
    assert [message.to for message in inbox.elsewhere(["a@exemple.fr"])] == ["c@exemple.fr", "b@exemple.fr"]
    assert [message.to for message in inbox.elsewhere([], limit=1)] == ["c@exemple.fr"]


def test_each_has_their_own_messages(tmp_path: Path) -> None:
    """A phone shows its own messages and no other's."""
    inbox = Inbox(tmp_path / "world.sqlite")
    inbox.add("sms", "+33600000001", "", "un")
    inbox.add("sms", "+33600000002", "", "deux")
    assert [message.text for message in inbox.of("+33600000002")] == ["deux"]


async def test_other_processes_read_while_one_writes(tmp_path: Path) -> None:
    """A reader in another process sees all that was written, though the writer never stops."""
    path = tmp_path / "world.sqlite"
    inbox = Inbox(path)
    reader = (
        "import sys; from pathlib import Path; from demo.state.inbox import Inbox\n"
        "inbox, seen = Inbox(Path(sys.argv[1])), []\n"
        "while len(seen) < 200: seen += inbox.since(seen[-1].id if seen else 0)\n"
        "print(*(message.text for message in seen))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", reader, str(path), stdout=asyncio.subprocess.PIPE
    )
    for number in range(200):
        await asyncio.to_thread(inbox.add, "sms", "+33600000001", "", str(number))
    output, _ = await asyncio.wait_for(process.communicate(), 20)
    assert output.decode().split() == [str(number) for number in range(200)]


def test_a_slow_reader_does_not_hold_up_what_arrives(tmp_path: Path) -> None:
    """A message arrives while somebody is still reading."""
    inbox = Inbox(tmp_path / "world.sqlite")
    inbox.add("sms", "+33600000001", "", "un")
    with closing(sqlite3.connect(inbox.path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM received").fetchone() == (1,)
        inbox.add("sms", "+33600000001", "", "deux")
        assert reader.execute("SELECT count(*) FROM received").fetchone() == (1,)
    assert len(inbox.since(0)) == 2
