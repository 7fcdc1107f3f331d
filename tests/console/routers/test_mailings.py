"""« Envois en nombre », and the page of an act on many recoveries."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert

from activities.acts.bulk_order import ActState, BulkKind, ItemState, ItemWhy
from activities.config.clock import utc_now
from activities.outbox.mailing_figures import MailingFigures
from activities.outbox.rows import State
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.mailing_tables import outbox
from activities.store.tables import electors
from tests.console.routers.conftest import Console, SignedIn
from tests.support.clock import Clock
from tests.support.elector_row import elector_row

_ACT = "a" * 32
_MAILS = (State.ACCEPTED, State.ACCEPTED, State.FAILED, State.WAITING, State.FAILED)
_CAUSES = {2: "smtp-550", 4: "bounce-5.1.1"}


@pytest_asyncio.fixture(scope="module", autouse=True)
async def sent(console: Console) -> None:
    """A mailing to five electors, of whose mails one came back later and one was opened, and an act that has ended."""
    numbers = range(len(_MAILS))
    async with console.database.writing() as connection:
        await connection.execute(insert(electors), [elector_row(number) for number in numbers])
        await connection.execute(insert(outbox), [_mail(number) for number in numbers])
        await connection.execute(insert(bulk_acts), [_act()])
        await connection.execute(insert(bulk_items), [_item()])


def _mail(number: int) -> dict[str, object]:
    return {
        "elector_id": f"{number:032d}",
        "mailing": "envoi-1",
        "state": _MAILS[number],
        "cause": _CAUSES.get(number, ""),
        "link_id": f"link-{number}",
        "domain": "" if _MAILS[number] is State.WAITING else "ac-lyon.fr",
        "changed_at": utc_now() - timedelta(hours=number),
        "opened_at": utc_now() if number == 1 else None,
    }


def _act() -> dict[str, object]:
    texts = {"cause": "sms:smpp-timeout", "channel": "", "procedure": "", "gateway": ""}
    counts = {"total": 10, "sent": 8, "failed": 1, "skipped": 1}
    done = {"id": _ACT, "kind": BulkKind.RETRY, "state": ActState.DONE, "rate": 20.0, "is_verified": True}
    who = {"operator": "Octave Petit (o.petit)", "reason": "opérateur rétabli"}
    instants = dict.fromkeys(("held_until", "created_at", "changed_at"), utc_now())
    return {**texts, **counts, **done, **who, **instants}


def _item() -> dict[str, object]:
    of = {"act_id": _ACT, "workflow_id": "code-de-vote/1/1", "state": ItemState.SKIPPED, "why": ItemWhy.NOT_HELD}
    return {**of, "tries": 1, "changed_at": utc_now()}


async def test_a_mailing_is_shown_while_no_worker_answers(reader: SignedIn) -> None:
    """From its rows: accepted, failed, bounced, opened, waiting, and by hour; what only its workflow knows is said to be unknown."""
    page = await reader.page("/exploitation/envois/envoi-1")
    assert "Aucun worker ne répond" in page
    assert '<code translate="no">smtp-550</code>' in page
    drawn = re.findall(r'<rect class="bulk-bar__(\w+)"', page)
    assert drawn == ["bounced", "failed", "sent", "sent", "opened"]  # the oldest hour first
    assert _figures(page) == {
        "Acceptés par le relais": 2,
        "Lien d’une demande de la personne": 0,
        "En attente": 1,
        "En échec": 2,
        "Dont retournés": 1,
        "Liens ouverts": 1,
    }
    assert "Renvoyer" not in page  # a role that reads


async def test_the_hours_of_a_mailing_are_counted_for_many_readers(console: Console) -> None:
    """Of a mailing to a million people that takes a second; a name that no mailing has is not kept."""
    clock, of_hours = Clock(), outbox.c.mailing == "heures"
    figures = MailingFigures(console.database, clock)
    assert await figures.by_hour("heures") == []
    mails = [_mail(number) | {"mailing": "heures", "opened_at": None} for number in range(2)]
    for mail in mails:
        async with console.database.writing() as connection:
            await connection.execute(insert(outbox), [mail])
        assert len(await figures.by_hour("heures")) == 1
    clock.advance(timedelta(seconds=20))
    assert len(await figures.by_hour("heures")) == len(mails)
    async with console.database.writing() as connection:
        await connection.execute(delete(outbox).where(of_hours))


def _figures(page: str) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*(\d+)\s*</dd>", page.partition("</dl>")[0])
    return {label: int(number) for label, number in found}


async def test_the_list_counts_those_whom_a_mailing_has_not_reached_yet(console: Console) -> None:
    """A mailing prepares some thousand rows ahead: who has none yet waits as well."""
    added = [elector_row(number) for number in range(len(_MAILS), 2 * len(_MAILS))]
    assert '<td data-label="Atteints">40\u00a0%</td>' in await console.administrator.page("/exploitation/envois")
    async with console.database.writing() as connection:
        await connection.execute(insert(electors), added)
    page = await console.administrator.page("/exploitation/envois")
    async with console.database.writing() as connection:
        await connection.execute(delete(electors).where(electors.c.id.in_([each["id"] for each in added])))
    assert '<td data-label="Atteints">20\u00a0%</td>' in page
    assert '<td data-label="En attente">6</td>' in page


async def test_mailings_are_listed_and_the_administration_may_begin_one(console: Console) -> None:
    """Others read."""
    page = await console.administrator.page("/exploitation/envois")
    assert "Envoyer à toute la liste électorale" in page
    assert "Temporal ne répond pas\u00a0: un envoi qu’aucun worker n’a commencé ne paraît pas ici." in page
    assert "Envoyer à toute la liste électorale" not in await console.operator.page("/exploitation/envois")
    refused = await console.operator.send("/exploitation/envois", name="envoi-2", rate="20")
    assert refused.status_code == 403


async def test_what_a_mailing_will_do_is_said_before_it_begins(console: Console) -> None:
    """To how many, how long at that rate, until when links live; those who were served under that name are left out.

    Nothing is ordered before it is confirmed, and what was typed is kept on the way back.
    """
    asked = {"name": "envoi-2", "rate": "0,5"}
    said = await console.administrator.send("/exploitation/envois", **asked)
    assert said.status_code == 200
    for words in (
        "Envoyer un lien à 5\u00a0personnes",
        "À 0,5 par seconde, l’envoi dure environ 10\u00a0s",
        "Chaque lien vaut",
    ):
        assert words in said.text
    assert "Les liens des envois précédents qui n’ont pas servi ne fonctionneront plus." in said.text
    back = await console.administrator.page("/exploitation/envois?name=envoi-2&rate=0%2C5")
    assert all(f'value="{value}"' in back for value in asked.values())
    again = await console.administrator.send("/exploitation/envois", name="envoi-1", rate="20")
    assert "Envoyer un lien à 1\u00a0personne" in again.text
    assert "Sous ce nom, 4\u00a0personnes ont déjà été servies" in again.text
    away = await console.administrator.send("/exploitation/envois", **asked, confirmed="oui")
    assert (away.status_code, "Aucun worker ne répond" in away.text) == (409, True)


async def test_a_mailing_needs_a_name_and_a_rate(console: Console) -> None:
    """What is wrong is said on the page, with what was typed."""
    for fields in ({"name": "Envoi 2", "rate": "20"}, {"name": "envoi-2", "rate": "0"}):
        refused = await console.administrator.send("/exploitation/envois", **fields)
        assert refused.status_code == 422
        assert all(f'value="{value}"' in refused.text for value in fields.values())


async def test_a_rate_that_is_none_is_shown_again(console: Console) -> None:
    """Where failed mails are sent again; nothing is ordered, and the number can be mended. Who else gets a mail then is said."""
    for rate in ("vite", "0", "2001"):
        refused = await console.administrator.send(
            "/exploitation/envois/envoi-1/renvoyer", cause="smtp-550", rate=rate
        )
        assert refused.status_code == 422
        assert "Indiquez un rythme de 0,2 à 2\u202f000\u00a0envois par seconde." in refused.text
        assert f'value="{rate}"' in refused.text
        assert "et part aussi à la personne en attente." in refused.text


async def test_a_mailing_is_shown_by_domain(reader: SignedIn) -> None:
    """With what was accepted, has failed, has bounced and was opened, in numbers and as a bar."""
    page = await reader.page("/exploitation/envois/envoi-1/domaines")
    assert "ac-lyon.fr" in page
    numbers = {"Acceptés": 2, "En échec": 2, "Dont retournés": 1, "Liens ouverts": 1, "Réessayés tout seuls": 0}
    assert all(f'<td data-label="{label}">{number}</td>' in page for label, number in numbers.items())
    bars = re.findall(r'<rect class="bulk-bar__(\w+)" x="([\d.]+)%" width="([\d.]+)%"', page)
    assert bars == [
        ("sent", "0.0", "50.0"),
        ("failed", "50.0", "25.0"),
        ("bounced", "75.0", "25.0"),
        ("opened", "0", "25.0"),
    ]


async def test_a_mailing_or_act_without_rows_is_looked_for_in_temporal(reader: SignedIn) -> None:
    """While that is away nobody knows whether it was ordered: the page says so, and not that there is none."""
    for address in ("envois/envoi-9", f"actes/{'0' * 32}"):
        assert "Temporal ne répond pas" in await reader.page(f"/exploitation/{address}", 503)
    await reader.page("/exploitation/actes/x", 422)


async def test_an_act_is_stopped_after_a_question(console: Console) -> None:
    """What that means is said, and « Ne rien faire » leads back; one that is over has nothing to stop."""
    act = _act() | {"id": "c" * 32, "state": ActState.RUNNING, "skipped": 0}
    async with console.database.writing() as connection:
        await connection.execute(insert(bulk_acts), [act])
    page = f"/exploitation/actes/{act['id']}"
    offered = await console.operator.page(page)
    asked = await console.operator.page(f"{page}/arreter")
    async with console.database.writing() as connection:
        await connection.execute(delete(bulk_acts).where(bulk_acts.c.id == act["id"]))
    assert (f'href="{page}/arreter"' in offered, f'action="{page}/arreter"' in offered) == (True, False)
    assert "Un acte arrêté ne reprend pas" in asked
    assert (f'action="{page}/arreter"' in asked, f'href="{page}">Ne rien faire' in asked) == (True, True)
    await console.operator.page(f"/exploitation/actes/{_ACT}/arreter", 303)
    await console.reader.page(f"{page}/arreter", 403)


@pytest.mark.parametrize(
    ("state", "skipped", "is_final"),
    [(ActState.STOPPED, 0, False), (ActState.STOPPED, 1, True), (ActState.PAUSED, 0, False)],
)
async def test_a_stopped_act_is_final_once_its_numbers_are(
    console: Console, reader: SignedIn, state: ActState, skipped: int, is_final: bool
) -> None:
    """The page renews itself until what was not ordered is skipped, and what was ordered has its outcome."""
    act = _act() | {"id": "b" * 32, "state": state, "skipped": skipped}
    async with console.database.writing() as connection:
        await connection.execute(insert(bulk_acts), [act])
    page = await reader.page(f"/exploitation/actes/{act['id']}/avancement")
    async with console.database.writing() as connection:
        await connection.execute(delete(bulk_acts).where(bulk_acts.c.id == act["id"]))
    assert ("data-final" in page) == is_final


async def test_an_act_says_what_became_of_each_recovery(reader: SignedIn) -> None:
    """In figures, with why some were skipped; for programs in the fields of the contract."""
    page = await reader.page(f"/exploitation/actes/{_ACT}")
    assert "Relance en nombre" in page
    assert "Octave Petit (o.petit)" in page
    assert "L’envoi n’était plus en échec." in page
    assert "Suspendre" not in page  # it has ended, and this role reads
    state = (await reader.http.get(f"/exploitation/actes/{_ACT}.json")).json()
    assert state == {"state": "done", "total": 10, "sent": 8, "failed": 1, "skipped": 1}
    listed = await reader.page("/exploitation/actes")
    assert "opérateur rétabli" in listed
    assert "Temporal ne répond pas\u00a0: un acte qu’aucun worker n’a commencé ne paraît pas ici." in listed
