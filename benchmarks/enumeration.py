"""Whether an identifier that is on the roll can be told from one that is not, at the door."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import httpx2

from benchmarks.base.bench import Bench, Ground, Scale
from benchmarks.base.tables import Table
from benchmarks.base.timings import milliseconds, told_apart
from demo.client.browsers import browser
from demo.client.recovery_drivers import IDENTIFIER, PASSWORD, identity_of
from demo.client.voter import Person, Voter, hidden_fields

_SEED = 3
_AIM = 0.55
_WRONG = "Pas-le-bon-1234!"
# Tokens, CAPTCHA ids, cookies: drawn anew for every page.
_DRAWN = re.compile(r"[A-Za-z0-9_-]{20,}")


@dataclass
class Answers:
    """What one step answered to one kind of identifier: how long it took, and everything it can look like."""

    seconds: list[float] = field(default_factory=list)
    looks: set[str] = field(default_factory=set)

    async def note(self, step: Awaitable[httpx2.Response], typed: str) -> httpx2.Response:
        """Return an answer whose time and look were taken; what was typed is given back as it came."""
        begun = time.perf_counter()
        answer = await step
        self.seconds.append(time.perf_counter() - begun)
        self.looks.add(_look(answer).replace(typed, "…"))
        return answer


Steps = dict[str, tuple[Answers, Answers]]  # of unknown identifiers, of known ones
# Of whom is tried, with the page before: where a form goes, and all that it holds.
Door = Callable[[Voter, str], Awaitable[tuple[str, dict[str, str]]]]


def _form(path: str, field: str = "identifier", typed: str | None = None) -> Door:
    async def filled(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
        return path, await voter.filled(path, **{field: typed or voter.person["work_email"]})

    return filled


async def _confirmation(_voter: Voter, before: str) -> tuple[str, dict[str, str]]:
    return f"{PASSWORD}/confirmation", hidden_fields(before)


async def _lost_identifier(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
    return IDENTIFIER, await voter.filled(IDENTIFIER, **identity_of(voter.person))


# Each row is a step that whoever has not signed in may take, after those above it.
DOORS: dict[str, Door] = {
    "identifier": _form("/connexion"),
    "password": _form("/connexion/mot-de-passe", "password", _WRONG),
    "forgotten": _form(PASSWORD),
    "forgotten, confirmed": _confirmation,
    "without a notice": _form("/sans-notice"),
    "lost identifier": _lost_identifier,
}


async def measure(bench: Bench) -> list[Table]:
    """Try known and unknown identifiers in a drawn order, one after the other, in every step."""
    number, draw = bench.size(5, 500), Random(_SEED)
    async with bench.ground() as ground:
        first, *known = await ground.people(number + 1)
        # Until an SMS has arrived, a page cannot say how long they take.
        await _through_all(ground, first, {name: Answers() for name in DOORS})
        tries = [(each, True) for each in known] + [(_unknown(each), False) for each in known]
        draw.shuffle(tries)
        steps: Steps = {name: (Answers(), Answers()) for name in DOORS}
        for place, (person, is_known) in enumerate(tries):
            if place % 200 == 0:
                bench.say(f"{place} of {len(tries)} identifiers tried")
            await _through_all(ground, person, {name: each[is_known] for name, each in steps.items()})
    bench.broken += _given_away(bench, steps)
    return [_table(steps)]


async def _through_all(ground: Ground, person: Person, answers: dict[str, Answers]) -> None:
    before = ""
    async with browser(ground.demo.url) as http:
        voter = Voter(http, person)
        for name, door in DOORS.items():
            path, form = await door(voter, before)
            before = (await answers[name].note(http.post(path, data=form), person["work_email"])).text


def _given_away(bench: Bench, steps: Steps) -> list[str]:
    faults = [f"{name}: answers differ" for name, (one, other) in steps.items() if one.looks != other.looks]
    areas = {name: told_apart(one.seconds, other.seconds) for name, (one, other) in steps.items()}
    if bench.scale is not Scale.QUICK:  # of five each, chance alone tells some apart
        faults += [f"{name}: told apart by time (AUC {area:.2f})" for name, area in areas.items() if area > _AIM]
    return faults


def _table(steps: Steps) -> Table:
    columns = ("step", "tries of each", "known, ms", "unknown, ms", "told apart by time (AUC)", "same answer")
    table = Table("Known and unknown identifiers at every door that asks for one", columns)
    for name, (unknown, known) in steps.items():
        area = told_apart(known.seconds, unknown.seconds)
        medians = milliseconds(known.seconds), milliseconds(unknown.seconds)
        same = "yes" if known.looks == unknown.looks else f"NO: {known.looks ^ unknown.looks}"
        table.add(name, len(known.seconds), *medians, area, same)
    table.notes.append(
        f"An AUC of 0.5 is chance; aim ≤ {_AIM}. Answers are compared whole, but for what is drawn."
    )
    return table


def _unknown(person: Person) -> Person:
    # As long as the known ones, and of the same domain.
    name, _, domain = person["work_email"].partition("@")
    return {**person, "work_email": f"{name[::-1]}@{domain}", "numen": f"{person['numen'][:-3]}ZZZ"}


def _look(answer: httpx2.Response) -> str:
    headers = [f"{name}: {value}" for name, value in answer.headers.multi_items() if name != "date"]
    return _DRAWN.sub("…", "\n".join([str(answer.status_code), *headers, answer.text]))
