"""A link whose click was taken, while the database does not have its outcome yet."""

import re
from collections.abc import Sequence

import httpx2
from sqlalchemy import select, update

from activities.config.settings import key_bytes
from activities.recoveries.links import LinkRecord
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.tables import electors, links
from demo.client.voter import hidden_fields, shown_code
from election.verdicts import LinkVerdict
from tests.support.people import Person
from tests.support.web_app import WebApp, assert_valid_response, settings_of

NEW = "Girafe-Lanterne-2026!"


async def _write(web_app: WebApp, link_record: LinkRecord, ending: LinkVerdict | None) -> None:
    async with web_app.services.database.writing() as connection:
        mine = update(links).where(links.c.link_id == link_record.link_id)
        await connection.execute(mine.values(ending=ending))


def _assert_waits(link: str, sentence: str, answers: Sequence[httpx2.Response]) -> None:
    for answer in answers:
        assert_valid_response(answer)
        assert (answer.status_code, sentence in answer.text) == (410, True)
        assert "a été affiché" not in answer.text
        assert answer.headers["refresh"] == f"10; url={link}?suite"
        assert re.search(rf'href="{link}\?suite"[^>]*>\s*Actualiser la page', answer.text)


async def test_a_code_that_is_being_made_is_shown_to_its_browser_alone(web_app: WebApp) -> None:
    """Its second click has the first one's answer; another browser reads that a code is being made, and never that one was shown."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link, making = web_app.link(link_record), "Un nouveau code de vote est en préparation."
    async with web_app.browser() as voter, web_app.browser() as other:
        assert (await voter.get(f"{link}?suite")).status_code == 200  # nobody has clicked
        form, others = [hidden_fields((await each.get(link)).text) for each in (voter, other)]
        code = shown_code((await voter.post(link, data=form)).text)
        await _write(web_app, link_record, None)
        assert code
        assert shown_code((await voter.post(link, data=form)).text) == code
        _assert_waits(link, making, [await other.post(link, data=others), await other.get(f"{link}?suite")])
        await _write(web_app, link_record, LinkVerdict.USED)
        assert shown_code((await voter.get(f"{link}?suite")).text) == code
        told = await other.get(f"{link}?suite")
        assert (told.status_code, code in told.text, "a été affiché" in told.text) == (410, False, True)


async def test_a_password_link_is_cancelled_with_the_address_it_was_sent_to(web_app: WebApp) -> None:
    """The work address was corrected since: neither page nor button asks for a password, and nothing is used up."""
    person = await web_app.new_elector()
    link_record = await web_app.password_link(person)
    link = web_app.link(link_record)
    async with web_app.browser() as voter:
        form = hidden_fields((await voter.get(link)).text) | {"password": NEW, "confirmation": NEW}
        await _correct_address(web_app, person)
        for answer in (await voter.get(link), await voter.post(link, data=form)):
            assert (answer.status_code, "Lien annulé" in answer.text) == (410, True)
            assert "Votre mot de passe n’a pas changé." in answer.text
    assert not await web_app.context.link_client.is_used(link_record)


async def _correct_address(web_app: WebApp, person: Person) -> None:
    macs, mine = RowMacs(KeyedHash(key_bytes(settings_of("").pepper))), electors.c.id == person.id
    async with web_app.services.database.writing() as connection:
        row = (await connection.execute(select(electors).where(mine))).one()._asdict()
        corrected = row | {"work_email": f"autre.{person.work_email}"}
        await connection.execute(
            update(electors).where(mine).values(**corrected | {"mac": macs.elector(corrected)})
        )


async def test_a_password_that_is_being_stored_is_not_told_to_be_chosen(web_app: WebApp) -> None:
    """Another one that is typed meanwhile is not taken, and the page does not say that one can sign in with it."""
    link_record = await web_app.password_link(await web_app.new_elector())
    link, storing = web_app.link(link_record), "il est en cours d’enregistrement"
    async with web_app.browser() as voter:
        form = hidden_fields((await voter.get(link)).text) | {"password": NEW, "confirmation": NEW}
        assert (await voter.post(link, data=form)).status_code == 200
        await _write(web_app, link_record, None)
        _assert_waits(link, storing, [await voter.post(link, data=form), await voter.get(f"{link}?suite")])
