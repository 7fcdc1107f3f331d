"""Messages in the demo's phones and mailboxes."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from demo.state.inbox import Inbox
from tests.support.clock import Clock


def test_messages_are_read_in_order(tmp_path: Path, now: Clock) -> None:
    """A message is read unchanged, with the instant of its arrival."""
    inbox = Inbox.under(tmp_path, now)
    inbox.add("sms", "+33600000001", "", "Bonjour à « tous »")
    inbox.add("email", "a@exemple.fr", "Sujet", "Texte")
    sms, email = Inbox.under(tmp_path).since(0)
    assert (sms.channel, sms.to, sms.subject, sms.text) == ("sms", "+33600000001", "", "Bonjour à « tous »")
    assert (email.channel, email.to, email.subject, email.text) == ("email", "a@exemple.fr", "Sujet", "Texte")
    assert sms.id < email.id
    assert email.at == now()


def test_reading_continues_after_the_last_id(tmp_path: Path) -> None:
    """A reader that passes the last id it has seen misses no message and reads none twice."""
    inbox = Inbox(tmp_path / "fake_services.sqlite")
    for number in range(5):
        inbox.add("sms", "+33600000001", "", str(number))
    first = inbox.since(0, limit=2)
    rest = inbox.since(first[-1].id)
    assert [message.text for message in [*first, *rest]] == ["0", "1", "2", "3", "4"]
    assert inbox.since(rest[-1].id) == []


def test_messages_of_other_addresses_can_be_read(tmp_path: Path) -> None:
    """Messages to addresses that belong to no person of the demo are listed, newest first."""
    inbox = Inbox(tmp_path / "fake_services.sqlite")
    for to in ("a@exemple.fr", "b@exemple.fr", "c@exemple.fr"):
        inbox.add("email", to, "Sujet", "Texte")
    assert [message.to for message in inbox.elsewhere(["a@exemple.fr"])] == ["c@exemple.fr", "b@exemple.fr"]
    assert [message.to for message in inbox.elsewhere([], limit=1)] == ["c@exemple.fr"]


def test_the_html_of_a_mail_is_kept_beside_its_text(tmp_path: Path) -> None:
    """Also in a file that an earlier version has made, without a place for it."""
    path = tmp_path / "fake_services.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE received (id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, "
            "recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL)"
        )
    inbox = Inbox(path)
    inbox.add("sms", "+33600000001", "", "Bonjour")
    inbox.add("email", "a@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")
    _, email = messages = inbox.since(0)
    assert inbox.html_of(messages) == {email.id: "<p>Texte</p>"}


def test_each_phone_has_its_own_messages(tmp_path: Path) -> None:
    """A phone shows only its own messages."""
    inbox = Inbox(tmp_path / "fake_services.sqlite")
    inbox.add("sms", "+33600000001", "", "un")
    inbox.add("sms", "+33600000002", "", "deux")
    assert [message.text for message in inbox.of("+33600000002")] == ["deux"]


async def test_other_processes_read_while_one_writes(tmp_path: Path) -> None:
    """A reader in another process sees every message while the writer goes on."""
    path = tmp_path / "fake_services.sqlite"
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


def test_a_slow_reader_does_not_delay_messages(tmp_path: Path) -> None:
    """A message arrives during a read transaction."""
    inbox = Inbox(tmp_path / "fake_services.sqlite")
    inbox.add("sms", "+33600000001", "", "un")
    with closing(sqlite3.connect(inbox.path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM received").fetchone() == (1,)
        inbox.add("sms", "+33600000001", "", "deux")
        assert reader.execute("SELECT count(*) FROM received").fetchone() == (1,)
    assert len(inbox.since(0)) == 2
