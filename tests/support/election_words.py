"""Which words and links are true in an election at an instant, told by its file alone."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Availability
from tests.support.page_walk import WalkedPage, path_of
from web.context import cookies
from web.presenters.legal.personal_data import ROLL_HASHED
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.situations import Situation

ELECTIONS = {name: load(Path(f"election/{name}.toml")) for name in ("2011", "2018", "2022", "default", "demo")}


@dataclass(frozen=True)
class Case:
    """An election at an instant, with or without FranceConnect's provider in the settings."""

    name: str
    instant: datetime
    has_provider: bool

    @property
    def election(self) -> Election:
        """The election of that name."""
        return ELECTIONS[self.name]

    def has(self, *procedures: Procedure) -> bool:
        """Return whether the election offers one of these."""
        return bool({*procedures} & {*self.election.procedures})

    def is_open(self, procedure: Procedure) -> bool:
        """Return whether it takes requests of this procedure."""
        period = self.election.calendar.period_of(procedure)
        return self.has(procedure) and period.availability(self.instant) is Availability.OPEN

    @property
    def is_voting(self) -> bool:
        """Whether the vote is open."""
        return self.election.calendar.vote.availability(self.instant) is Availability.OPEN


def cases() -> list[Case]:
    """Return every shipped election before, between and after its dates.

    Where FranceConnect may be offered, with its provider and without during the vote; before and after it in turn, and the
    other way round in the next election.
    """
    offering = [name for name, election in ELECTIONS.items() if election.voting_code_recovery.france_connect]
    found = []
    for name, election in ELECTIONS.items():
        for number, instant in enumerate(_instants(election)):
            both = [Case(name, instant, has_provider) for has_provider in (False, True)]
            if name not in offering:
                found.append(both[False])
            elif both[True].is_voting:
                found += both
            else:
                found.append(both[(number + offering.index(name)) % 2])
    return found


def _instants(election: Election) -> list[datetime]:
    periods = [election.calendar.vote, *(election.calendar.period_of(each) for each in election.procedures)]
    changes = sorted({instant for period in periods for instant in (period.opens, period.closes)})
    return [changes[0] - timedelta(days=1), *(each + timedelta(minutes=1) for each in changes)]


def _challenges(case: Case) -> bool:
    return case.has(Procedure.VOTING_CODE) and case.election.voting_code_recovery.challenge_question


def _proves_by(case: Case, datum: str) -> bool:
    return _challenges(case) and datum in case.election.voting_code_recovery.proofs


_PRINTED = (Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD)
# What only some elections have, and which.
WORDS: dict[str, Callable[[Case], bool]] = {
    r"codes? de vote|nouveaux? codes?\b(?! de sécurité)": lambda case: case.has(Procedure.VOTING_CODE),
    r"question défi|réponse secrète": _challenges,
    r"FranceConnect": lambda case: case.election.voting_code_recovery.france_connect and case.has_provider,
    r"NUMEN": lambda case: case.has(*_PRINTED) or _proves_by(case, "numen"),
    r"sécurité sociale": lambda case: case.has(Procedure.IDENTIFIER_AND_PASSWORD) or _proves_by(case, "nir"),
    r"\bSMS\b|mobile": lambda case: (
        case.has(Procedure.IDENTIFIER)
        or (_challenges(case) and "sms" in case.election.voting_code_recovery.channels)
    ),
    r"messagerie personnelle": lambda case: (
        _challenges(case) and "email" in case.election.voting_code_recovery.channels
    ),
    r"(?<!m’)identifiant": lambda case: case.election.voting_space.identifier_and_password,
    r"date de naissance": lambda case: case.has(Procedure.IDENTIFIER),
    r"département": lambda case: case.has(Procedure.IDENTIFIER_AND_PASSWORD) or _proves_by(case, "nir"),
    r"sans notice|2/2": lambda case: case.has(Procedure.IDENTIFIER_AND_PASSWORD),
    r"activé|activation": lambda case: case.has(Procedure.VOTING_CODE, Procedure.PASSWORD),
    r"suivre ma demande": lambda case: case.has(Procedure.VOTING_CODE, Procedure.IDENTIFIER),
}
# Voters ask for it by this word in every election; and every roll has these data, whatever the election asks for.
_ASKED = [Situation.IDENTIFIER.question, "Cette élection n’a pas d’autre identifiant.", ROLL_HASHED]
_COOKIES = frozenset(each.name for each in cookies.EVERY)


def untrue_texts(case: Case, texts: Iterable[str]) -> list[str]:
    """Return each text that names what the election has not, after the word."""
    lacking = [word for word, is_had in WORDS.items() if not is_had(case)]
    asked = "|".join(map(re.escape, _ASKED))
    shown = [re.sub(asked, "", text).strip() for text in texts if text not in _COOKIES]
    untrue = [text for text in shown if re.search("|".join(lacking), text, re.IGNORECASE)]
    return [f"{word}: {text}" for text in untrue for word in lacking if re.search(word, text, re.IGNORECASE)]


def _is_open(case: Case, path: str) -> bool:
    """Return whether a link to that path leads to something that the voter can use now."""
    by_identifier = case.election.voting_space.identifier_and_password
    entrances = {"/vote": case.has(Procedure.VOTING_CODE) or not by_identifier, "/vote/connexion": by_identifier}
    if path in entrances:
        return case.is_voting and entrances[path]
    for procedure, record in CATALOGUE.items():
        if path.startswith(record.url):
            return case.is_open(procedure)
    return path != "/reassort/suivi" or case.has(Procedure.VOTING_CODE, Procedure.IDENTIFIER)


def dead_links(case: Case, pages: dict[str, WalkedPage]) -> list[str]:
    """Return each link to a page that is missing, closed or not offered, or to a place that its page has not."""
    found = []
    for page in pages.values():
        is_redirect = 300 <= page.status < 400
        for link in page.links:
            path, place = path_of(link), link.partition("#")[2]
            target = pages[path] if path else page
            # The choice of a language leads to the same page.
            if (
                path
                and path != page.url
                and not is_redirect
                and (target.status not in {200, 303} or not _is_open(case, path))
            ):
                found.append(f"{page.url} leads to {link}: {target.status}")
            if place and target.status == 200 and place not in target.ids:
                found.append(f"{page.url} leads to {link}: no such place")
    return found
