"""A one-time link shows the new code once, to the browser that pressed its button."""

import asyncio
import re
from dataclasses import replace

import pytest

from demo.client.running import Demo
from demo.client.voter import hidden_fields, shown_code
from tests.journeys.demo_people import Browse, DemoPeople, Operator
from tests.journeys.journey_voter import JourneyVoter, main_text, title
from tests.support.history import events_at_rest
from tests.support.waiting import until

JEAN_BAPTISTE, INES, ANNE_SOPHIE = 2, 3, 5


async def test_opening_a_link_changes_nothing(
    people: DemoPeople, demo: Demo, browse: Browse, operator: Operator
) -> None:
    """Ten GETs of a mail scanner add nothing to the workflow's history, and the voter's click shows the code."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask("email")  # mails have no receipts, which would add events
    link = await voter.received_link()
    before = await voter.wait_for_stage("Sent")
    recovery = operator.recovery_of(voter)
    written = await events_at_rest(recovery)
    scanner = browse(demo)
    pages = [await scanner.get(link) for _ in range(10)]
    assert {page.status_code for page in pages} == {200}
    assert (await scanner.head(link)).status_code == 200
    assert await events_at_rest(recovery) == written
    assert await voter.follow() == before
    assert shown_code((await voter.press(link)).text)
    await voter.note(link)


async def test_only_the_browser_that_clicked_sees_the_code(people: DemoPeople, demo: Demo, browse: Browse) -> None:
    """Another browser that had opened the link gets the page of a used link, and never the code."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    other = browse(demo)
    opened = hidden_fields((await other.get(link)).text)
    code = shown_code((await voter.press(link)).text)
    assert code
    for answer in (await other.post(link, data=opened), await other.get(link), await browse(demo).get(link)):
        assert (answer.status_code, title(answer)) == (410, "Lien déjà utilisé")
        assert "faites une nouvelle demande" in main_text(answer)
        assert code not in answer.text
    await other.post(f"{link}/note", data=opened)  # another browser cannot end the display either
    assert shown_code((await voter.page(link)).text) == code
    await voter.note(link)


async def test_a_reload_shows_the_code_again_until_it_is_noted(people: DemoPeople) -> None:
    """Opening the link or sending its form again shows the same code with the remaining time."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    form = hidden_fields((await voter.page(link)).text)
    first = await voter.http.post(link, data=form)
    again = [await voter.page(link), await voter.http.post(link, data=form)]
    left = [_left(page.text) for page in (first, *again)]
    assert len({shown_code(page.text) for page in (first, *again)}) == 1
    assert left == sorted(left, reverse=True)
    assert 0 < left[-1] <= left[0] <= 120
    await voter.note(link)
    for answer in (await voter.page(link), await voter.http.post(link, data=form)):
        assert (answer.status_code, shown_code(answer.text)) == (410, None)


async def test_the_code_is_not_shown_after_the_window(fast_people: DemoPeople) -> None:
    """When the display window has ended, the link is used for every browser."""
    voter = await fast_people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    assert _left((await voter.press(link)).text) <= 6
    await voter.wait_for_stage("Reissued")
    over = await voter.page(link)
    assert (over.status_code, title(over), shown_code(over.text)) == (410, "Lien déjà utilisé", None)


async def test_a_link_expires(fast_people: DemoPeople) -> None:
    """The page says so, and that the current code has not changed."""
    voter = await fast_people.signed_in(JEAN_BAPTISTE)
    await voter.ask("email")
    link = await voter.received_link()
    form = hidden_fields((await voter.page(link)).text)
    await voter.wait_for_stage("Expired", within=60)
    for answer in (await voter.page(link), await voter.http.post(link, data=form)):
        assert (answer.status_code, title(answer)) == (410, "Lien expiré")
        assert "Votre code de vote actuel n’a pas changé." in main_text(answer)


async def test_one_of_fifty_concurrent_clicks_shows_the_code(
    people: DemoPeople, demo: Demo, browse: Browse
) -> None:
    """Of fifty browsers that click at once, one gets the code and the others the page of a used link."""
    voter = await people.signed_in(INES)
    await voter.ask()
    link = await voter.received_link()
    voters = [replace(voter, http=browse(demo)) for _ in range(50)]
    forms = [hidden_fields((await each.page(link)).text) for each in voters]
    clicks = (each.http.post(link, data=form) for each, form in zip(voters, forms, strict=True))
    answers = await asyncio.gather(*clicks)
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 49
    [code] = filter(None, (shown_code(answer.text) for answer in answers))
    assert {title(answer) for answer in answers if answer.status_code == 410} == {"Lien déjà utilisé"}
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"


async def test_a_double_click_does_not_lose_the_code(people: DemoPeople) -> None:
    """Of two clicks in one browser at once, both show the same code: a browser keeps the second page alone."""
    voter = await people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    link = await voter.received_link()
    form = hidden_fields((await voter.page(link)).text)
    answers = await asyncio.gather(*(voter.http.post(link, data=form) for _ in range(2)))
    shown = {shown_code(answer.text) for answer in (*answers, await voter.page(link))}
    assert len(shown) == 1
    assert None not in shown
    await voter.note(link)


async def test_a_replaced_link_leads_to_the_newer_one(fast_people: DemoPeople) -> None:
    """After a newer request, the page of the older link says to open the last message."""
    voter = await fast_people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    former = await voter.received_link()
    await until(lambda: _may_ask_again(voter), within=30)
    form = hidden_fields((await voter.page(former)).text)
    await voter.ask("email")
    newer = await voter.received_link()
    for answer in (await voter.page(former), await voter.http.post(former, data=form)):
        assert (answer.status_code, title(answer)) == (410, "Lien remplacé")
        assert "Ouvrez le dernier message reçu, ou faites une nouvelle demande." in main_text(answer)
    assert shown_code((await voter.press(newer)).text)
    await voter.note(newer)


@pytest.mark.parametrize("token", ["abc", "0" * 26, "z" * 300, "%00", "é"])
async def test_an_unknown_link_is_explained(people: DemoPeople, token: str) -> None:
    """The page says that the link is unknown, and that it may have been cut off."""
    voter: JourneyVoter = await people.voter(0)
    for answer in (await voter.page(f"/lien/{token}"), await voter.http.post(f"/lien/{token}")):
        assert (answer.status_code, title(answer)) == (404, "Lien inconnu")
        assert "un lien coupé ne fonctionne pas" in main_text(answer)


def _left(html: str) -> int:
    found = re.search(r'data-remaining="(\d+)"', html)
    return int(found[1]) if found else 0


async def _may_ask_again(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["can_resend"])
