"""Invariants of a campaign, checked in the database, in the mailboxes and in Temporal."""

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
_RUNNING = "WorkflowType = 'IdentifierAndPasswordRecovery' AND ExecutionStatus = 'Running'"
_LINKS = "SELECT workflow_id, link_id FROM links WHERE workflow_id LIKE 'identifier-and-password/%'"
_RECIPIENTS = "SELECT work_email, campaign, link_id FROM recipients JOIN electors ON elector_id = electors.id"
_SENDS = """
SELECT delivery_id, count(*) FROM messages WHERE accepted_at IS NOT NULL AND workflow_id LIKE 'identifier-and-password/%' GROUP BY 1
"""


@dataclass
class CampaignRecords:
    """What a campaign has done, by address of mailbox; links are the tokens of their URLs.

    `by_campaign` has this campaign's link, `links` those of all campaigns, `sends` the accepted messages of each link,
    `received` the mails with each link, `with_recovery` the mailboxes whose elector has an open recovery.
    """

    mailboxes: set[str]
    by_campaign: dict[str, str] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)
    sends: Counter[str] = field(default_factory=Counter)
    received: dict[str, Counter[str]] = field(default_factory=dict)
    with_recovery: set[str] = field(default_factory=set)

    @property
    def repeated_mails(self) -> int:
        """The number of mails received again: the relay had accepted them when the worker was killed."""
        return sum(number - 1 for mails in self.received.values() for number in mails.values())


async def read(demo: Demo, campaign: str, mailboxes: set[str]) -> CampaignRecords:
    """Return the records of a campaign for these mailboxes."""
    client, services = await demo_internals.connect_temporal(demo), demo_internals.build_roll_services(demo)
    tokens = {
        link: services.links.token(workflow, link) for workflow, link in demo_internals.fetch_rows(demo, _LINKS)
    }
    runs = {run.id async for run in client.list_workflows(_RUNNING)}
    links: dict[str, set[str]] = defaultdict(set)
    by_campaign = {}
    for mailbox, name, link in demo_internals.fetch_rows(demo, _RECIPIENTS):
        links[mailbox].add(tokens[link])
        if name == campaign:
            by_campaign[mailbox] = tokens[link]
    return CampaignRecords(
        mailboxes=mailboxes,
        by_campaign=by_campaign,
        links=dict(links),
        sends=Counter({tokens[link]: number for link, number in demo_internals.fetch_rows(demo, _SENDS)}),
        received=_received(demo, set(tokens.values())),
        with_recovery={
            each
            for each in mailboxes
            if workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, services.roll.subject(each)) in runs
        },
    )


def _received(demo: Demo, tokens: set[str]) -> dict[str, Counter[str]]:
    mails: dict[str, Counter[str]] = defaultdict(Counter)
    for message in Inbox.under(demo.state).since(0, _ALL):
        found = _LINK.search(message.text)
        if found and found[1] in tokens:
            mails[message.to][found[1]] += 1
    return dict(mails)


def violations(records: CampaignRecords) -> dict[str, list[str]]:
    """Return the violations of each invariant, by its sentence; the lists are empty where it holds."""
    links = {each: link for each, link in records.by_campaign.items() if each in records.mailboxes}
    return {
        "no elector forgotten": sorted(records.mailboxes - links.keys()),
        "no link for two": _repeated(links.values()),
        "each link sent once": [link[:8] for link in links.values() if records.sends[link] != 1],
        "each mailbox has its link, and no other": list(_misplaced(records)),
        "a recovery runs for each": sorted(records.mailboxes - records.with_recovery),
    }


def _repeated(links: Iterable[str]) -> list[str]:
    return [link[:8] for link, number in Counter(links).items() if number > 1]


def _misplaced(records: CampaignRecords) -> Iterator[str]:
    for mailbox in records.mailboxes:
        received = set(records.received.get(mailbox, ()))
        if received != records.links.get(mailbox, set()):
            yield f"{mailbox} has {len(received)} links"
