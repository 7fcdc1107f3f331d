"""« Envois en nombre », and the page of an act on many recoveries."""

from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy import insert

from activities.acts.bulk_order import ActState, BulkKind, ItemState, ItemWhy
from activities.outbox.rows import State
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.mailing_tables import outbox
from activities.store.tables import electors
from tests.console.routers.conftest import Console, SignedIn

_ACT = "a" * 32
_NOW = datetime.now(UTC)
_MAILS = (State.ACCEPTED, State.ACCEPTED, State.FAILED, State.WAITING, State.FAILED)
_CAUSES = {2: "smtp-550", 4: "bounce-5.1.1"}


@pytest_asyncio.fixture(scope="module", autouse=True)
async def sent(console: Console) -> None:
    """A mailing to five electors, of whose mails one came back later, and an act that has ended."""
    numbers = range(len(_MAILS))
    async with console.database.writing() as connection:
        await connection.execute(insert(electors), [_elector(number) for number in numbers])
        await connection.execute(insert(outbox), [_mail(number) for number in numbers])
        await connection.execute(insert(bulk_acts), [_act()])
        await connection.execute(insert(bulk_items), [_item()])


def _elector(number: int) -> dict[str, object]:
    hashes = ("nir", "birth_date", "birth_department", "birth_place")
    names = ("birth_name", "used_name", "first_names", "mac")
    own = {"id": f"{number:032d}", "work_email": f"p{number}@ac-lyon.fr", "numen_hash": str(number), "sex": "F"}
    return {**own, **dict.fromkeys((f"{each}_hash" for each in hashes), "x"), **dict.fromkeys(names, "x")}


def _mail(number: int) -> dict[str, object]:
    return {
        "elector_id": f"{number:032d}",
        "mailing": "envoi-1",
        "state": _MAILS[number],
        "cause": _CAUSES.get(number, ""),
        "link_id": f"link-{number}",
        "domain": "" if _MAILS[number] is State.WAITING else "ac-lyon.fr",
        "changed_at": _NOW - timedelta(hours=number),
    }


def _act() -> dict[str, object]:
    texts = {"cause": "sms:smpp-timeout", "channel": "", "procedure": "", "gateway": ""}
    counts = {"total": 10, "sent": 8, "failed": 1, "skipped": 1}
    done = {"id": _ACT, "kind": BulkKind.RETRY, "state": ActState.DONE, "rate": 20.0, "is_verified": True}
    who = {"operator": "Octave Petit (o.petit)", "reason": "opérateur rétabli"}
    instants = dict.fromkeys(("held_until", "created_at", "changed_at"), _NOW)
    return {**texts, **counts, **done, **who, **instants}


def _item() -> dict[str, object]:
    of = {"act_id": _ACT, "workflow_id": "code-de-vote/1/1", "state": ItemState.SKIPPED, "why": ItemWhy.NOT_HELD}
    return {**of, "tries": 1, "changed_at": _NOW}


async def test_a_mailing_is_shown_while_no_worker_answers(reader: SignedIn) -> None:
    """From its rows: accepted, failed with the cause, waiting, and by hour; what only its workflow knows is said to be unknown."""
    page = await reader.page("/exploitation/envois/envoi-1")
    assert "Aucun worker ne répond" in page
    assert '<code translate="no">smtp-550</code>' in page
    assert page.count('class="bulk-bar__sent"') == 5
    assert "Parmi les échecs, 1\u00a0courriel accepté par le relais, puis retourné." in page
    assert "Renvoyer" not in page  # a role that reads


async def test_mailings_are_listed_and_the_administration_may_begin_one(console: Console) -> None:
    """Others read."""
    assert "Envoyer à toute la liste électorale" in await console.administrator.page("/exploitation/envois")
    assert "Envoyer à toute la liste électorale" not in await console.operator.page("/exploitation/envois")
    refused = await console.operator.send("/exploitation/envois", name="envoi-2", rate="20")
    assert refused.status_code == 403


async def test_a_mailing_needs_a_name_and_a_rate(console: Console) -> None:
    """What is wrong is said on the page, with what was typed."""
    for fields in ({"name": "Envoi 2", "rate": "20"}, {"name": "envoi-2", "rate": "0"}):
        refused = await console.administrator.send("/exploitation/envois", **fields)
        assert refused.status_code == 422
        assert all(f'value="{value}"' in refused.text for value in fields.values())


async def test_a_rate_that_is_none_is_shown_again(console: Console) -> None:
    """Where failed mails are sent again; nothing is ordered, and the number can be mended."""
    for rate in ("vite", "0", "2001"):
        refused = await console.administrator.send(
            "/exploitation/envois/envoi-1/renvoyer", cause="smtp-550", rate=rate
        )
        assert refused.status_code == 422
        assert "Indiquez un débit" in refused.text
        assert f'value="{rate}"' in refused.text


async def test_a_mailing_is_shown_by_domain(reader: SignedIn) -> None:
    """With what was accepted, has failed and is tried again."""
    page = await reader.page("/exploitation/envois/envoi-1/domaines")
    assert "ac-lyon.fr" in page
    assert '<td data-label="Acceptés">2</td>' in page


async def test_a_mailing_or_act_without_rows_is_looked_for_in_temporal(reader: SignedIn) -> None:
    """While that is away nobody knows whether it was ordered: the page says so, and not that there is none."""
    for address in ("envois/envoi-9", f"actes/{'0' * 32}"):
        assert "Temporal ne répond pas" in await reader.page(f"/exploitation/{address}", 503)
    await reader.page("/exploitation/actes/x", 422)


async def test_an_act_says_what_became_of_each_recovery(reader: SignedIn) -> None:
    """In figures, with why some were skipped; for programs in the fields of the contract."""
    page = await reader.page(f"/exploitation/actes/{_ACT}")
    assert "Relance en nombre" in page
    assert "Octave Petit (o.petit)" in page
    assert "L’envoi n’était plus en échec." in page
    assert "Suspendre" not in page  # it has ended, and this role reads
    state = (await reader.http.get(f"/exploitation/actes/{_ACT}.json")).json()
    assert state == {"state": "done", "total": 10, "sent": 8, "failed": 1, "skipped": 1}
    assert "opérateur rétabli" in await reader.page("/exploitation/actes")
