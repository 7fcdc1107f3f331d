"""Whether a response tells that an identifier is on the roll, by its content or its duration."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import httpx2

from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.tables import Table
from benchmarks.base.timings import milliseconds, roc_auc
from demo.client.browsers import browser
from demo.client.recovery_drivers import IDENTIFIER, IDENTIFIER_CHECK, PASSWORD, VOTING, identity_fields
from demo.client.voter import Person, Voter, hidden_fields

_SEED = 3
_AIM = 0.55
_WRONG = "Pas-le-bon-1234!"
_SIGN_IN = "/connexion/mot-de-passe"
# Tokens, CAPTCHA ids, cookies: random in every response.
_RANDOM = re.compile(r"[A-Za-z0-9_-]{20,}")


@dataclass
class Responses:
    """The responses of one step to known, or to unknown, identifiers: durations, and distinct contents."""

    seconds: list[float] = field(default_factory=list)
    contents: set[str] = field(default_factory=set)

    async def record(self, step: Awaitable[httpx2.Response], person: Person) -> httpx2.Response:
        """Return a response after recording it; the identifiers, which pages repeat, are left out."""
        begun = time.perf_counter()
        answer = await step
        self.seconds.append(time.perf_counter() - begun)
        content = _content(answer).replace(person["work_email"], "…")
        self.contents.add(content.replace(person["identifier"], "…"))
        return answer


Steps = dict[str, tuple[Responses, Responses]]  # to unknown identifiers, to known ones
# Returns the path and the fields of a form, from the voter and the page before.
Step = Callable[[Voter, str], Awaitable[tuple[str, dict[str, str]]]]


def _form(path: str, field: str = "identifier", value: str | None = None) -> Step:
    async def fill_in(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
        return path, await voter.filled(path, **{field: value or voter.person["work_email"]})

    return fill_in


async def _sixth_password(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
    """Return the form of a password that needs a mailed code: one was wrong before, and these are."""
    for _ in range(4):
        await voter.send(_SIGN_IN, password=_WRONG)
    return _SIGN_IN, await voter.filled(_SIGN_IN, password=_WRONG)


async def _confirmation(_voter: Voter, before: str) -> tuple[str, dict[str, str]]:
    return f"{PASSWORD}/confirmation", hidden_fields(before)


async def _lost_identifier(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
    # The form itself looks nobody up: the page on which it is checked does.
    await voter.send(IDENTIFIER, **identity_fields(voter.person))
    return IDENTIFIER_CHECK, await voter.filled(IDENTIFIER_CHECK)


async def _voting_sign_in(voter: Voter, _before: str) -> tuple[str, dict[str, str]]:
    typed = {"identifier": voter.person["identifier"], "password": _WRONG}
    return VOTING, await voter.filled(VOTING, **typed)


# The steps that need no sign-in, each after those above it.
STEPS: dict[str, Step] = {
    "identifier": _form("/connexion"),
    "password": _form(_SIGN_IN, "password", _WRONG),
    "password, after five failures": _sixth_password,
    "mailed code": _form("/connexion/code", "code", "000000"),
    "forgotten password": _form(PASSWORD),
    "forgotten password, confirmed": _confirmation,
    "without a notice": _form("/sans-notice"),
    "lost identifier": _lost_identifier,
    "voting space, wrong password": _voting_sign_in,
}


async def measure(bench: Bench) -> list[Table]:
    """Send known and unknown identifiers in a random order, one after the other, through every step."""
    number, draw = bench.size(5, 500), Random(_SEED)
    async with bench.testbed() as testbed:
        first, *known = await testbed.people(number + 1)
        # Pages say how long an SMS takes after the first one only.
        await _take_all_steps(testbed, first, {name: Responses() for name in STEPS})
        tries = [(each, True) for each in known] + [(_unknown(each), False) for each in known]
        draw.shuffle(tries)
        steps: Steps = {name: (Responses(), Responses()) for name in STEPS}
        for number_done, (person, is_known) in enumerate(tries):
            if number_done % 200 == 0:
                bench.progress(f"{number_done} of {len(tries)} identifiers tried")
            await _take_all_steps(testbed, person, {name: each[is_known] for name, each in steps.items()})
    bench.violations += _violations(bench, steps)
    return [_table(steps)]


async def _take_all_steps(testbed: Testbed, person: Person, responses: dict[str, Responses]) -> None:
    before = ""
    async with browser(testbed.demo.url) as http:
        voter = Voter(http, person)
        for name, step in STEPS.items():
            path, form = await step(voter, before)
            before = (await responses[name].record(http.post(path, data=form), person)).text


def _violations(bench: Bench, steps: Steps) -> list[str]:
    violations = [
        f"{name}: responses differ" for name, (one, other) in steps.items() if one.contents != other.contents
    ]
    areas = {name: roc_auc(one.seconds, other.seconds) for name, (one, other) in steps.items()}
    if not bench.is_quick:  # with five of each, the AUC is high by chance
        violations += [
            f"{name}: distinguishable by time (AUC {area:.2f})" for name, area in areas.items() if area > _AIM
        ]
    return violations


def _table(steps: Steps) -> Table:
    columns = {
        "step": "step",
        "tries": "tries of each",
        "known_ms": "known, ms",
        "unknown_ms": "unknown, ms",
        "auc": "AUC by time",
        "same": "same response",
    }
    table = Table("Known and unknown identifiers, at every form that asks for one", columns)
    for name, (unknown, known) in steps.items():
        area = roc_auc(known.seconds, unknown.seconds)
        medians = milliseconds(known.seconds), milliseconds(unknown.seconds)
        same = "yes" if known.contents == unknown.contents else f"NO: {known.contents ^ unknown.contents}"
        table.add(name, len(known.seconds), *medians, area, same)
    table.notes.append(
        f"An AUC of 0.5 is chance; aim ≤ {_AIM}. Responses are compared as a whole, without random tokens."
    )
    return table


def _unknown(person: Person) -> Person:
    # Of the same length and domain as the known one.
    name, _, domain = person["work_email"].partition("@")
    return {
        **person,
        "work_email": f"{name[::-1]}@{domain}",
        "numen": f"{person['numen'][:-3]}ZZZ",
        "identifier": person["identifier"][::-1],
    }


def _content(answer: httpx2.Response) -> str:
    headers = [f"{name}: {value}" for name, value in answer.headers.multi_items() if name != "date"]
    return _RANDOM.sub("…", "\n".join([str(answer.status_code), *headers, answer.text]))
