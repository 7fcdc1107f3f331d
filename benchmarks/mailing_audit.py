"""What must be true after a campaign, read from the roll, the ledger, the mailboxes and Temporal."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from demo.client import demo_internals
from demo.client.running import Demo
from demo.state.inbox import Inbox
from election.procedures import Procedure, workflow_id_of

_ALL = 100_000_000
_LINK = re.compile(r"/lien/([0-9a-z]+)")
_OPEN = "WorkflowType = 'IdentifierAndPasswordRecovery' AND ExecutionStatus = 'Running'"
_MADE = "SELECT workflow_id, link_id FROM links WHERE workflow_id LIKE 'identifier-and-password/%'"
_GIVEN = "SELECT work_email, campaign, link_id FROM recipients JOIN electors ON elector_id = electors.id"
_SENDS = """
SELECT delivery_id, count(*) FROM messages WHERE accepted_at IS NOT NULL AND workflow_id LIKE 'identifier-and-password/%' GROUP BY 1
"""


@dataclass
class Books:
    """A campaign's traces in mailboxes, by address; links are told by their tokens.

    `by_campaign` has this campaign's link for each, `given` those of every campaign, `alive` the mailboxes
    whose elector has a living recovery.
    """

    mailboxes: set[str]
    by_campaign: dict[str, str] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)
    sends: Counter[str] = field(default_factory=Counter)
    received: dict[str, Counter[str]] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)

    @property
    def twice(self) -> int:
        """How many mails came once more: the relay had taken them when the worker was killed."""
        return sum(number - 1 for mails in self.received.values() for number in mails.values())


async def read(demo: Demo, campaign: str, mailboxes: set[str]) -> Books:
    """Return what a campaign did to some of a demo's mailboxes."""
    client, side = await demo_internals.temporal(demo), demo_internals.build_roll_services(demo)
    tokens = {link: side.links.token(workflow, link) for workflow, link in demo_internals.ask(demo, _MADE)}
    runs = {run.id async for run in client.list_workflows(_OPEN)}
    given: dict[str, set[str]] = defaultdict(set)
    by_campaign = {}
    for mailbox, name, link in demo_internals.ask(demo, _GIVEN):
        given[mailbox].add(tokens[link])
        if name == campaign:
            by_campaign[mailbox] = tokens[link]
    return Books(
        mailboxes=mailboxes,
        by_campaign=by_campaign,
        given=dict(given),
        sends=Counter({tokens[link]: number for link, number in demo_internals.ask(demo, _SENDS)}),
        received=_received(demo, set(tokens.values())),
        alive={
            each
            for each in mailboxes
            if workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, side.roll.subject(each)) in runs
        },
    )


def _received(demo: Demo, tokens: set[str]) -> dict[str, Counter[str]]:
    mails: dict[str, Counter[str]] = defaultdict(Counter)
    for message in Inbox.under(demo.state).since(0, _ALL):
        found = _LINK.search(message.text)
        if found and found[1] in tokens:
            mails[message.to][found[1]] += 1
    return dict(mails)


def broken(books: Books) -> dict[str, list[str]]:
    """Return what breaks each invariant, by the sentence that states it; all are named, most are empty."""
    mine = {each: link for each, link in books.by_campaign.items() if each in books.mailboxes}
    return {
        "nobody forgotten": sorted(books.mailboxes - mine.keys()),
        "no link for two": _repeated(mine.values()),
        "each link sent once": [link[:8] for link in mine.values() if books.sends[link] != 1],
        "each mailbox has its link, and no other": list(_misplaced(books)),
        "a recovery lives for each": sorted(books.mailboxes - books.alive),
    }


def _repeated(links: Iterable[str]) -> list[str]:
    return [link[:8] for link, number in Counter(links).items() if number > 1]


def _misplaced(books: Books) -> Iterator[str]:
    for mailbox in books.mailboxes:
        links = set(books.received.get(mailbox, ()))
        if links != books.given.get(mailbox, set()):
            yield f"{mailbox} has {len(links)}"
