"""A request is judged and sent once and limited for each elector, and failures never prevent voting."""

import asyncio
import re

import pytest

from demo.client.voter import VERIFICATION, shown_code
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, title
from tests.support.waiting import until

MARC, ANNE_SOPHIE, NGUYEN = 4, 5, 6
PROOF_REFUSED = "Ces réponses ne correspondent pas."


async def test_a_double_click_sends_one_sms(people: DemoPeople, operator: Operator) -> None:
    """Both posts of the same form redirect to the follow-up; one request is accepted and one SMS sent."""
    voter = await people.signed_in(MARC)
    await voter.ignore_earlier_messages()
    form = await _filled_in(voter)
    accepted = "SELECT count(*) FROM journal WHERE event = 'voting_code:request:accepted'"
    [(before,)] = operator.roll(accepted)
    answers = await asyncio.gather(*(voter.http.post(VERIFICATION, data=form) for _ in range(2)))
    assert [answer.headers.get("location") for answer in answers] == [FOLLOW, FOLLOW]
    link = await voter.received_link()
    await voter.wait_for_stage("Sent")
    assert len(await _links(voter)) == 1
    assert operator.roll(accepted) == [(before + 1,)]
    assert shown_code((await voter.press(link)).text)
    await voter.note(link)


async def test_two_concurrent_requests_leave_one_valid_link(people: DemoPeople) -> None:
    """Of two browsers' different forms at once, which this election allows, the later one's link replaces the other's."""
    voter, other = await people.signed_in(MARC), await people.signed_in(MARC)
    await voter.ignore_earlier_messages()
    forms = [(voter, await _filled_in(voter)), (other, await _filled_in(other, channel="email"))]
    answers = await asyncio.gather(*(each.http.post(VERIFICATION, data=form) for each, form in forms))
    assert [answer.status_code for answer in answers] == [303, 303]
    live = await voter.wait_for_stage("Sent")
    assert live["final"] is False
    pages = {link: (await voter.page(link)).status_code for link in await _links(voter)}
    [link] = (link for link, status in pages.items() if status == 200)
    assert set(pages.values()) <= {200, 410}
    assert shown_code((await voter.press(link)).text)
    await voter.note(link)


async def test_wrong_proofs_are_refused_and_an_earlier_link_still_works(fast_people: DemoPeople) -> None:
    """A wrong answer, NUMEN or NIR gets the same message, and the link sent before still works."""
    voter = await fast_people.signed_in(MARC)
    await voter.ask()
    link = await voter.received_link()
    await until(lambda: _may_send_again(voter), within=30)
    other = (await fast_people.voter(NGUYEN)).person
    wrong = ({"answer": "autre chose"}, {"proof": other["numen"]}, {"proof": other["nir10"]})
    for fields in wrong:
        refused = await voter.ask("email", **fields)
        assert (refused.status_code, title(refused)) == (422, "Répondre à la question défi")
        assert PROOF_REFUSED in main_text(refused)
    assert await _links(voter) == []
    assert shown_code((await voter.press(link)).text)
    await voter.note(link)


async def test_too_many_wrong_proofs_pause_recoveries_but_not_the_vote(fast_people: DemoPeople) -> None:
    """After five wrong proofs a right one gets 429, while voting is possible; after the pause it clears the failures."""
    voter = await fast_people.signed_in(MARC)
    code = await voter.recover()
    for _ in range(5):
        wrong = await voter.ask(answer="autre chose")
        assert wrong.status_code == 422
    assert PROOF_REFUSED in main_text(wrong)
    assert "Vous pourrez réessayer après le" in main_text(wrong)
    paused = await voter.ask()
    assert paused.status_code == 429
    assert "Trop d’essais ont échoué. Vous pourrez réessayer après le" in main_text(paused)
    assert "Si vous avez encore de quoi voter, vous pouvez le faire sans attendre." in main_text(paused)
    assert (await voter.vote(code)).headers["location"] == "/espace-de-vote"

    await until(lambda: _is_taken(voter), within=60)
    link = await voter.received_link()
    assert shown_code((await voter.press(link)).text)
    assert [(await voter.ask(answer="autre chose")).status_code for _ in range(5)] == [422] * 5


async def test_a_link_that_is_sent_again_replaces_the_first(fast_people: DemoPeople) -> None:
    """After the wait the button sends a new link to the same phone, and the first is not valid any more."""
    voter = await fast_people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    first = await voter.received_link()
    await until(lambda: _may_send_again(voter), within=30)
    assert (await voter.send_again()).headers["location"] == FOLLOW
    second = await voter.received_link()
    assert title(await voter.page(first)) == "Lien remplacé"
    assert shown_code((await voter.press(second)).text)
    nothing = await voter.send_again()
    assert nothing.status_code == 409
    assert "Aucun lien n’est à envoyer de nouveau" in main_text(nothing)


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"answer": " "}, "answer", "Indiquez votre réponse secrète."),
        ({"proof": "12345"}, "proof", "Cette réponse n’a pas la forme attendue."),
        ({"channel": "pigeon"}, "channel", "Choisissez comment recevoir le lien."),
        ({"phone": "01 99 00 12 34"}, "phone", "Ce numéro n’est pas celui d’un mobile"),
        ({"phone": "douze"}, "phone", "Ce numéro n’est pas un numéro de téléphone."),
        ({"phone": ""}, "phone", "Indiquez le numéro de mobile qui recevra le SMS."),
        ({"channel": "email", "email": "moi@ac-demo.fr"}, "email", "Cette adresse est une adresse du ministère."),
        ({"channel": "email", "email": "moi"}, "email", "Cette adresse n’a pas la forme d’une adresse"),
    ],
)
async def test_each_field_has_its_own_error(
    people: DemoPeople, fields: dict[str, str], name: str, sentence: str
) -> None:
    """Each error is in the summary and next to its field; contacts are shown again, proofs are not."""
    voter = await people.signed_in(NGUYEN)
    typed = {"phone": "06 39 98 00 06", "email": "nguyen@courriel.exemple.org"} | fields
    page = await voter.ask(**typed)
    assert page.status_code == 422
    assert main_text(page).count(sentence) == 2
    assert f'href="#f-{name}"' in page.text
    assert "Erreur" in page.text.partition("<title>")[2].partition("</title>")[0]
    for secret in (voter.person["secret_answer"], voter.person["numen"]):
        assert secret not in page.text
    if name in fields.keys() - {"answer", "proof"}:  # the proofs are on a page of their own
        assert all(f'value="{kept}"' in page.text for kept in (typed["phone"], typed["email"]))


async def _links(voter: JourneyVoter) -> list[str]:
    """Return the links that have arrived since the last request; the work mailbox is told of it without one."""
    return [path for each in await voter.messages(voter.since) for path in re.findall(r"/lien/\w+", each["text"])]


async def _filled_in(voter: JourneyVoter, channel: str = "sms") -> dict[str, str]:
    """Fill in the pages before the last one, and return the last one's fields."""
    assert (await voter.fill_in(channel)).headers["location"] == VERIFICATION
    return await voter.filled(VERIFICATION)


async def _is_taken(voter: JourneyVoter) -> bool:
    return (await voter.ask()).headers.get("location") == FOLLOW


async def _may_send_again(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["can_resend"])
