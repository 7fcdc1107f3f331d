"""A link whose click was taken, while the database does not have its outcome yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import httpx2
from sqlalchemy import select, update

from activities.config.settings import key_bytes
from activities.recoveries.links import LinkRecord
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.progress_table import progress
from activities.store.tables import electors, links
from demo.client.voter import hidden_fields, shown_code
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from web.app import create_app
from web.clients.link import LinkClient
from workflows.contracts.messages import SealedSecret
from workflows.runtime.temporal_calls import TemporalUnavailableError

NEW = "Girafe-Lanterne-2026!"


async def _write(web_app: WebApp, link_record: LinkRecord, ending: LinkVerdict | None) -> None:
    async with web_app.services.database.writing() as connection:
        mine = update(links).where(links.c.link_id == link_record.link_id)
        await connection.execute(mine.values(ending=ending))


async def _is_over(web_app: WebApp, link_record: LinkRecord) -> bool:
    async with web_app.services.database.reading() as connection:
        mine = select(progress.c.stage).where(progress.c.workflow_id == link_record.workflow_id)
        return bool((await connection.execute(mine)).scalar_one() == Stage.REISSUED)


@dataclass(frozen=True)
class _Silent(LinkClient):
    """A link's client whose questions fail."""

    error: Exception

    async def secret(self, _link_record: LinkRecord) -> SealedSecret | None:
        """Fail."""
        raise self.error


@dataclass(frozen=True)
class _Slow(LinkClient):
    """A link's client that answers once the outcome of the click was written."""

    web_app: WebApp

    async def secret(self, link_record: LinkRecord) -> SealedSecret | None:
        """Return what the real client returns."""
        return await self.web_app.context.link_client.secret(link_record)

    async def is_used(self, link_record: LinkRecord) -> bool:
        """Return whether a click was taken, after its outcome was written."""
        await _write(self.web_app, link_record, LinkVerdict.USED)
        return await self.web_app.context.link_client.is_used(link_record)


def _asking(web_app: WebApp, client: LinkClient) -> WebApp:
    return replace(web_app, app=create_app(replace(web_app.context, link_client=client)))


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


async def test_a_code_whose_reissue_is_written_meanwhile_is_shown(web_app: WebApp) -> None:
    """The page after a click found the link live; when the recovery answers, it is used, and the page has no button."""
    link_record = await web_app.voting_code_link(await web_app.new_elector())
    link = web_app.link(link_record)
    async with _asking(web_app, _Slow(web_app)).browser() as voter:
        code = shown_code((await voter.post(link, data=hidden_fields((await voter.get(link)).text))).text)
        await _write(web_app, link_record, None)
        assert code
        assert shown_code((await voter.get(f"{link}?suite")).text) == code


async def test_a_code_that_is_written_down_does_not_come_back_by_itself(web_app: WebApp) -> None:
    """The recovery does not answer that the display ends: the page of the fault stays, also on a shared computer."""
    link = web_app.link(await web_app.voting_code_link(await web_app.new_elector()))
    async with _asking(web_app, _Silent(TemporalUnavailableError())).browser() as voter:
        form = hidden_fields((await voter.get(link)).text)
        assert shown_code((await voter.post(link, data=form)).text)
        noted = await voter.post(f"{link}/note", data=form)
        again = await voter.get(link)
    for answer in (noted, again):
        assert (answer.status_code, "refresh" in answer.headers) == (503, False)
        assert "Gardez cette page ouverte" not in answer.text
    assert not re.search(rf'{link}["?]', noted.text)


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
        await until(lambda: _is_over(web_app, link_record))
        await _write(web_app, link_record, None)
        _assert_waits(link, storing, [await voter.post(link, data=form), await voter.get(f"{link}?suite")])
