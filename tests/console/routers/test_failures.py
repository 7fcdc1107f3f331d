"""« Échecs »: what is shown to whom, and what an act asks before it begins."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio

from election.procedures import Procedure
from election.stages import Stage
from tests.console.routers.conftest import Console, SignedIn
from tests.support.held_recoveries import Send, add_sends

_TIMEOUT, _NUMBER, _MAILBOX = "sms:smpp-timeout", "sms:smpp-0x0000000B", "email:smtp-550"
_SENDS = (
    Send(_TIMEOUT, 1, age=timedelta(hours=2)),
    Send(_TIMEOUT, 2, place="BE"),
    Send(_NUMBER, 3),
    Send(_MAILBOX, 4, Procedure.PASSWORD, place="ac-lyon.fr"),
    Send("sms:smpp-unbound", 5, stage=Stage.SENDING),
)
_LIST = "/exploitation/echecs/liste"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def failures(console: Console) -> None:
    """Four sends that have failed for three causes, and one that is tried again."""
    await add_sends(console.services.database, *_SENDS)


def _hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)


async def test_a_line_for_each_cause(console: Console) -> None:
    """With its sentence, number, procedures and places; what is tried again by itself stands apart."""
    page = await console.operator.page("/exploitation/echecs")
    assert "L’opérateur de SMS n’a pas répondu à temps" in page
    assert "Belgique (1), France (1)" in page
    held, _, again = page.partition("Réessayé tout seul")
    assert "smpp-unbound" in again
    assert "smpp-unbound" not in held.partition("<table")[2]


async def test_the_same_for_programs(reader: SignedIn) -> None:
    """What has failed for good, in the fields of the contract."""
    found = (await reader.http.get("/exploitation/echecs.json")).json()
    assert [set(each) for each in found] == [{"cause", "channel", "count", "since", "retry_helps"}] * 3
    first = next(each for each in found if each["cause"] == "smpp-timeout")
    assert (first["channel"], first["count"], first["retry_helps"]) == ("sms", 2, True)


async def test_a_cause_for_which_a_retry_does_not_help_has_no_button_of_its_own(console: Console) -> None:
    """It can still be chosen, and the confirmation warns."""
    page = await console.operator.page("/exploitation/echecs")
    assert re.findall(r'name="seul"\s+value="([^"]+)"', page) == [_TIMEOUT]
    confirmed = await console.operator.send("/exploitation/echecs/confirmer", cause=_NUMBER, choix="relancer")
    assert "Relancer n’aide pas d’ordinaire" in confirmed.text


async def test_a_role_that_reads_is_offered_nothing(reader: SignedIn) -> None:
    """No button, no checkbox; and a form of its own making is refused."""
    page = (await reader.page("/exploitation/echecs")).partition("</main>")[0]
    assert "confirmer" not in page or "<button" not in page.partition('action="/exploitation/echecs/confirmer"')[2]
    assert 'type="checkbox"' not in page
    refused = await reader.send("/exploitation/echecs/relancer", cause="smpp-timeout", reason="essai")
    assert refused.status_code == 403


async def test_a_form_without_its_token_is_refused(console: Console) -> None:
    """Another site cannot begin an act."""
    forged = await console.operator.http.post(
        "/exploitation/echecs/relancer", data={"cause": "smpp-timeout", "reason": "x"}
    )
    assert forged.status_code == 403


@pytest.mark.parametrize(
    ("pressed", "title"),
    [
        ({"seul": _TIMEOUT}, "Relancer 2\u00a0envois en échec"),
        ({"cause": [_TIMEOUT, _MAILBOX], "choix": "annuler"}, "Annuler 3\u00a0réassorts"),
        ({"tout": "relancer"}, "Relancer 4\u00a0envois en échec"),
        ({"tout": "relancer", "channel": "email"}, "Relancer 1\u00a0envoi en échec"),
        ({"tout": "relancer", "age": "60"}, "Relancer 1\u00a0envoi en échec"),
        ({"ids": [_SENDS[2].workflow_id], "choix": "annuler"}, "Annuler 1\u00a0réassort"),
    ],
)
async def test_a_confirmation_says_how_many(console: Console, pressed: dict[str, object], title: str) -> None:
    """And carries what was chosen, with the instant at which it was seen."""
    confirmed = await console.operator.send("/exploitation/echecs/confirmer", **pressed)
    assert confirmed.status_code == 200
    assert f"<h1>{title}\u202f?</h1>" in confirmed.text
    assert "held_until" in dict(_hidden(confirmed.text))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cause": "smpp-timeout"}, "Dites pourquoi"),
        ({"cause": "smpp-timeout", "reason": "panne finie", "rate": "1000"}, "Indiquez un rythme de 1 à 100"),
        ({"cause": "smpp-timeout", "reason": "panne finie", "rate": "dix"}, "Indiquez un rythme de 1 à 100"),
        ({"reason": "panne finie"}, "Choisissez au moins une ligne."),
    ],
)
async def test_an_act_that_lacks_something_does_not_begin(
    console: Console, fields: dict[str, object], sentence: str
) -> None:
    """The page comes again, and says what, with what was typed."""
    refused = await console.operator.send("/exploitation/echecs/relancer", **fields)
    assert refused.status_code == 422
    assert sentence in refused.text
    if "cause" in fields:
        assert all(f'value="{fields[name]}"' in refused.text for name in ("reason", "rate") if name in fields)


async def test_a_cause_that_nothing_has_any_more_is_told(console: Console) -> None:
    """Somebody may have retried it meanwhile."""
    gone = await console.operator.send("/exploitation/echecs/confirmer", seul="sms:smpp-busy")
    assert gone.status_code == 422
    assert "Aucun envoi en échec ne répond à ce choix" in gone.text


async def test_the_recoveries_of_a_cause_are_listed(reader: SignedIn) -> None:
    """The oldest first, each with its reference and the way to its page; never with a destination."""
    page = await reader.page(f"{_LIST}?cause={_TIMEOUT}")
    old, new = (each.workflow_id for each in _SENDS[:2])
    assert page.index(f"/exploitation/reassorts/{old}") < page.index(f"/exploitation/reassorts/{new}")
    assert "06 ••" not in page


async def test_a_filter_that_matches_nothing_says_so(reader: SignedIn) -> None:
    """On the page of causes and on the list."""
    assert "ne répond à ce filtre" in await reader.page("/exploitation/echecs?cause=sms:smpp-busy")
    assert "ne répond à ce filtre" in await reader.page(f"{_LIST}?cause=sms:smpp-busy")
