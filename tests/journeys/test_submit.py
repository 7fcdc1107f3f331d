"""A request is judged once, sent once, and limited per elector, never in the voter's way to the vote."""

import asyncio
import re

import pytest

from demo.client.voter import hidden_fields, shown_code
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, title
from tests.support.waiting import until

MARC, ANNE_SOPHIE, NGUYEN = 4, 5, 6
PROOF_REFUSED = "La réponse secrète, le NUMEN ou le numéro de sécurité sociale ne correspondent pas."


async def test_one_form_sent_twice_at_once_sends_one_sms(people: DemoPeople, operator: Operator) -> None:
    """A double click on « Recevoir le lien » leads both times to the follow-up; one request is taken, one SMS leaves."""
    marc = await people.signed_in(MARC)
    await marc.ignore_earlier_messages()
    form = await _filled(marc)
    taken = "SELECT count(*) FROM journal WHERE event = 'voting_code:request:taken'"
    [(before,)] = operator.roll(taken)
    answers = await asyncio.gather(*(marc.http.post(FORM, data=form) for _ in range(2)))
    assert [answer.headers.get("location") for answer in answers] == [FOLLOW, FOLLOW]
    link = await marc.received_link()
    await marc.wait_for_stage("Sent")
    assert len(await marc.messages(marc.since)) == 1
    assert operator.roll(taken) == [(before + 1,)]
    assert shown_code((await marc.press(link)).text)
    await marc.note(link)


async def test_two_requests_at_once_leave_one_live_link(people: DemoPeople) -> None:
    """Two different forms at the same moment are both taken, and only the later one's link works."""
    marc = await people.signed_in(MARC)
    await marc.ignore_earlier_messages()
    forms = [await _filled(marc), await _filled(marc, channel="email")]
    answers = await asyncio.gather(*(marc.http.post(FORM, data=form) for form in forms))
    assert [answer.headers.get("location") for answer in answers] == [FOLLOW, FOLLOW]
    live = await marc.wait_for_stage("Sent")
    links = [path for each in await marc.messages(marc.since) for path in re.findall(r"/lien/\w+", each["text"])]
    opened = {link: (await marc.page(link)).status_code for link in links}
    assert sorted(opened.values()) in ([200], [200, 410])  # the replaced send may never have left
    assert live["final"] is False
    [link] = (link for link, status in opened.items() if status == 200)
    assert shown_code((await marc.press(link)).text)
    await marc.note(link)


async def test_wrong_proofs_are_refused_and_leave_a_live_link_alone(people: DemoPeople) -> None:
    """A wrong answer, NUMEN or NIR gets the same words; what was sent before still works."""
    marc = await people.signed_in(MARC)
    await marc.ask()
    link = await marc.received_link()
    other = (await people.voter(NGUYEN)).person
    wrong = ({"answer": "autre chose"}, {"proof": other["numen"]}, {"proof": other["nir10"]})
    for fields in wrong:
        refused = await marc.ask("email", **fields)
        assert (refused.status_code, title(refused)) == (422, "Répondre à la question défi")
        assert PROOF_REFUSED in main_text(refused)
    assert await marc.messages(marc.since) == []
    assert shown_code((await marc.press(link)).text)
    await marc.note(link)


async def test_too_many_wrong_proofs_pause_the_recovery_and_never_the_vote(fast_people: DemoPeople) -> None:
    """After five wrong proofs even a right one waits, the vote does not; a right one then clears the count."""
    marc = await fast_people.signed_in(MARC)
    code = await marc.recover()
    for _ in range(5):
        assert (await marc.ask(answer="autre chose")).status_code == 422
    paused = await marc.ask()
    assert paused.status_code == 429
    assert "Trop d’essais ont échoué. Vous pourrez réessayer après le" in main_text(paused)
    assert "Votre vote reste possible." in main_text(paused)
    assert (await marc.vote(code)).headers["location"] == "/espace-de-vote"

    await until(lambda: _is_taken(marc), within=30)
    link = await marc.received_link()
    assert shown_code((await marc.press(link)).text)
    assert [(await marc.ask(answer="autre chose")).status_code for _ in range(5)] == [422] * 5


async def test_another_link_must_wait_a_minute(people: DemoPeople) -> None:
    """Asked again at once, the portal says from when on, and the link that left still works."""
    voter = await people.signed_in(ANNE_SOPHIE)
    await voter.ask()
    link = await voter.received_link()
    assert (await voter.wait_for_stage("Sent"))["can_resend"] is False
    refused = await voter.send_again()
    assert (refused.status_code, title(refused)) == (429, "Lien non renvoyé")
    assert "Un lien vient de partir. Vous pourrez en demander un autre après le" in main_text(refused)
    assert shown_code((await voter.press(link)).text)
    await voter.note(link)


async def test_another_link_takes_the_place_of_the_first(fast_people: DemoPeople) -> None:
    """After the wait the button sends a new link to the same phone; the first is dead."""
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
        ({"proof": "12345"}, "proof", "Ni un NUMEN"),
        ({"channel": "pigeon"}, "channel", "Choisissez comment recevoir le lien."),
        ({"phone": "01 99 00 12 34"}, "phone", "Ce numéro est celui d’un téléphone fixe"),
        ({"phone": "douze"}, "phone", "Ce numéro n’est pas un numéro de téléphone."),
        ({"phone": ""}, "phone", "Indiquez le numéro de mobile qui recevra le SMS."),
        ({"channel": "email", "email": "moi@ac-demo.fr"}, "email", "Cette adresse est une adresse du ministère."),
        ({"channel": "email", "email": "moi"}, "email", "Cette adresse n’a pas la forme d’une adresse"),
    ],
)
async def test_each_field_says_its_own_error(
    people: DemoPeople, fields: dict[str, str], name: str, sentence: str
) -> None:
    """The page sums the errors up and says each beside its field; proofs are not shown again, the rest is."""
    voter = await people.signed_in(NGUYEN)
    typed = {"phone": "06 39 98 00 06", "email": "nguyen@courriel.exemple.org"} | fields
    page = await voter.ask(**typed)
    assert page.status_code == 422
    assert main_text(page).count(sentence) == 2
    assert f'href="#f-{name}"' in page.text
    assert "Erreur" in page.text.partition("<title>")[2].partition("</title>")[0]
    for secret in (voter.person["secret_answer"], voter.person["numen"]):
        assert secret not in page.text
    for kept in (typed["phone"], typed["email"]):
        assert f'value="{kept}"' in page.text


async def _filled(voter: JourneyVoter, channel: str = "sms") -> dict[str, str]:
    person = voter.person
    contact = {"phone": person["phone"], "email": person["personal_email"], "channel": channel}
    hidden = hidden_fields((await voter.page(FORM)).text)
    return hidden | contact | {"answer": person["secret_answer"], "proof": person["numen"]}


async def _is_taken(voter: JourneyVoter) -> bool:
    return (await voter.ask()).headers.get("location") == FOLLOW


async def _may_send_again(voter: JourneyVoter) -> bool:
    return bool((await voter.follow())["can_resend"])
