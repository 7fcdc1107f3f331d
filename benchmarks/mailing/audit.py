"""Invariants of a mailing, checked in the database and in the mailboxes."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from demo.client import demo_internals
from demo.client.running import Demo
from demo.state.inbox import Inbox

_BATCH = 5_000
_LINK = re.compile(r"/lien/([0-9a-z]+)")
_SENT = """
SELECT work_email, links.workflow_id, link_id, outbox.state, count(messages.id) FILTER (WHERE messages.accepted_at IS NOT NULL)
FROM outbox JOIN electors ON electors.id = outbox.elector_id JOIN links USING (link_id)
LEFT JOIN messages ON messages.delivery_id = link_id WHERE mailing = %s GROUP BY 1, 2, 3, 4
"""


@dataclass
class Records:
    """What a mailing has done, by address of mailbox; links are the tokens of their URLs.

    `links` has the link of each mailbox, `states` the state of its row, `noted` how often the ledger has it as accepted, and
    `received` the mails with each link.
    """

    mailboxes: set[str]
    links: dict[str, str]
    states: dict[str, str]
    noted: dict[str, int]
    received: dict[str, Counter[str]]

    @property
    def repeated_mails(self) -> int:
        """The number of mails received again: the relay had accepted them when a process was killed."""
        return sum(number - 1 for mails in self.received.values() for number in mails.values())


def read(demo: Demo, name: str, mailboxes: set[str]) -> Records:
    """Return the records of a mailing for these mailboxes."""
    services = demo_internals.build_roll_services(demo)
    links, states, noted = {}, {}, {}
    for mailbox, workflow_id, link_id, state, number in demo_internals.fetch_rows(demo, _SENT, name):
        if mailbox in mailboxes:
            links[mailbox] = services.links.token(workflow_id, link_id)
            states[mailbox], noted[mailbox] = state, number
    return Records(mailboxes, links, states, noted, _received(demo, set(links.values())))


def _received(demo: Demo, tokens: set[str]) -> dict[str, Counter[str]]:
    mails: dict[str, Counter[str]] = defaultdict(Counter)
    inbox, last = Inbox.under(demo.state), 0
    while messages := inbox.since(last, _BATCH):
        last = messages[-1].id
        for message in messages:
            found = _LINK.search(message.text)
            if found and found[1] in tokens:
                mails[message.to][found[1]] += 1
    return mails


def violations(records: Records) -> dict[str, list[str]]:
    """Return the violations of each invariant, by its sentence; the lists are empty where it holds."""
    repeated = [link for link, number in Counter(records.links.values()).items() if number > 1]
    unsent = [each for each, state in records.states.items() if state != "accepted"]
    wrong = [each for each in records.mailboxes if set(records.received[each]) != {records.links.get(each)}]
    return {
        "no elector forgotten": sorted(records.mailboxes - records.links.keys()),
        "no link for two": [link[:8] for link in repeated],
        "each mail accepted": unsent,
        "each noted once": [each for each, number in records.noted.items() if number != 1],
        "each mailbox has its link, and no other": wrong,
    }
