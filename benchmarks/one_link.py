"""Experiments on one link: pressed by many at once, replaced by a newer one, looked for in the logs."""

import asyncio
from pathlib import Path

import httpx2

from benchmarks.arrivals import Arrivals
from benchmarks.bench import Bench, Ground
from benchmarks.browsers import crowd, signed_in
from benchmarks.findings import Finding
from benchmarks.journeys import BY_SMS
from benchmarks.voter import shown_code
from demo.inbox import Inbox

_ALL = 1_000_000


async def pressed_by_many(bench: Bench, ground: Ground) -> Finding:
    """Let many browsers open one link, and press its button in the same instant."""
    number, people = bench.size(8, 40), await ground.people(1)
    async with signed_in(ground.demo.url, people) as (voter,), Arrivals.under(ground.demo.state) as arrivals:
        await BY_SMS.ask(voter)
        link = await arrivals.link(voter.person["phone"])
    async with crowd(ground.demo.url, people * number) as browsers:
        forms = await asyncio.gather(*(each.filled(link) for each in browsers))
        pressed = (each.http.post(link, data=form) for each, form in zip(browsers, forms, strict=True))
        answers = await asyncio.gather(*pressed)
    told = sum(shown_code(answer.text) is not None for answer in answers)
    used = sum(answer.status_code == httpx2.codes.GONE for answer in answers)
    return Finding(
        f"{number} clicks at once on one link",
        "2 to 40 of 40 told that it was done",
        f"{told} of {number} shown the code, {used} told that the link is used",
        (told, used) == (1, number - 1),
    )


async def replaced(_bench: Bench, ground: Ground) -> Finding:
    """Open a link, ask for another, press the first one's button, then the second's."""
    people = await ground.people(1)
    async with signed_in(ground.demo.url, people) as (voter,), Arrivals.under(ground.demo.state) as arrivals:
        phone = voter.person["phone"]
        await BY_SMS.ask(voter)
        older = await arrivals.link(phone)
        form = await voter.filled(older)
        await BY_SMS.ask(voter)
        newer = await arrivals.link(phone, 2)
        first, second = await voter.http.post(older, data=form), await voter.press(newer)
    statuses = first.status_code, second.status_code
    return Finding(
        "an older link, after a new one was asked for",
        "went on working",
        f"older: {statuses[0]}, newer: {statuses[1]}",
        statuses == (httpx2.codes.GONE, httpx2.codes.OK),
    )


async def looked_for_in_logs(_bench: Bench, ground: Ground) -> Finding:
    """Look for every link that was ever sent in every log; the visits to links must be in one."""
    state = ground.demo.state
    tokens, logs = await asyncio.to_thread(lambda: (_tokens(state), _logs(state)))
    found = sum(token in logs for token in tokens)
    visits = logs.count("/lien/")
    return Finding(
        "the link in the logs",
        "whole, in the access log",
        f"{found} of {len(tokens)} links in any log, {visits} visits to links logged",
        found == 0 and visits > 0,
    )


def _tokens(state: Path) -> list[str]:
    texts = [message.text for message in Inbox.under(state).since(0, _ALL)]
    return [text.partition("/lien/")[2].split()[0] for text in texts if "/lien/" in text]


def _logs(state: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in (state / "logs").iterdir())
