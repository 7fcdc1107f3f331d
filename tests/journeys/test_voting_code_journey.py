"""A lost voting code, replaced: the tutorial, told over HTTP."""

import re

from demo.client.voter import shown_code
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, plain, title

CAMILLE, ELODIE, JEAN_BAPTISTE = range(3)
OPENS = "/espace-de-vote"


async def test_a_lost_code_is_replaced_by_sms(people: DemoPeople) -> None:
    """Sign in, lose the code, answer, receive an SMS, click, see the new code, vote with it."""
    camille = await people.voter(CAMILLE)
    await _signs_in(camille)
    await _finds_the_form(camille)
    assert (await camille.ask("sms")).headers["location"] == FOLLOW
    link = await camille.received_link()
    await _follows_the_sms(camille)
    await _reads_the_warning(camille, link)
    assert (await camille.vote(camille.person["voting_code"])).headers["location"] == OPENS

    code = shown_code((await camille.press(link)).text)
    assert code
    await _votes(camille, code)
    await _notes(camille, link, code)
    await _is_told_at_work(camille, code, link)


async def test_a_lost_code_is_replaced_by_email(people: DemoPeople) -> None:
    """The same by e-mail to a personal mailbox, with the NIR instead of the NUMEN."""
    elodie = await people.signed_in(ELODIE)
    answer = await elodie.ask("email", proof=f" {elodie.person['nir10'][:1]} {elodie.person['nir10'][1:]}")
    assert answer.headers["location"] == FOLLOW
    link = await elodie.received_link()
    assert (await elodie.wait_for_stage("Sent"))["hint"] == "e•••@c•••.org"
    [mail] = await elodie.messages(elodie.since)
    assert (mail["channel"], mail["to"]) == ("email", elodie.person["personal_email"])
    assert "120 secondes seulement" in plain(mail["text"])

    code = shown_code((await elodie.press(link)).text)
    assert code
    await _votes(elodie, code)
    await _notes(elodie, link, code)
    await _is_told_at_work(elodie, code, link)


async def test_a_link_and_a_code_may_be_retyped(people: DemoPeople) -> None:
    """A token copied from a phone by hand works in capitals, with o, i and l; a code in small letters, spaced."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    retyped = "/lien/" + link.removeprefix("/lien/").replace("0", "o").replace("1", "l").upper()
    code = shown_code((await voter.press(retyped)).text)
    assert code
    spaced = " ".join(code[start : start + 4] for start in range(0, len(code), 4))
    assert (await voter.vote(spaced.lower())).headers["location"] == OPENS


async def _signs_in(voter: JourneyVoter) -> None:
    assert "Se connecter" in main_text(await voter.page("/"))
    assert (await voter.sign_in()).headers["location"] == "/portail"
    portal = await voter.page("/portail")
    assert title(portal) == f"Bonjour {voter.person['name']}"
    left = re.search(r"Il reste \D*(\d+) jours? , (\d+) heures? et (\d+) minutes?", main_text(portal))
    assert left, main_text(portal)
    assert int(left[1]) < 10
    assert "Consulter les scrutins, les candidatures et voter" in main_text(portal)


async def _finds_the_form(voter: JourneyVoter) -> None:
    assert '<a href="/reassort/code-de-vote">obtenir un réassort</a>' in (await voter.page("/vote")).text
    assert f'href="{FORM}"' in (await voter.page("/reassort/code-de-vote")).text
    assert plain(voter.person["challenge_question"]) in main_text(await voter.page(FORM))


async def _follows_the_sms(voter: JourneyVoter) -> None:
    sent = await voter.wait_for_stage("Sent")
    [sms] = await voter.messages(voter.since)
    assert (sms["channel"], sms["to"]) == ("sms", voter.person["phone"])
    assert len(sms["text"]) <= 160
    assert sent["hint"] == f"•• •• •• •• {voter.person['phone'][-2:]}"
    assert "Destination" in main_text(await voter.page(FOLLOW))


async def _reads_the_warning(voter: JourneyVoter, link: str) -> None:
    page = await voter.page(link)
    assert "120 secondes seulement" in main_text(page)
    assert "Prenez de quoi écrire" in main_text(page)
    assert page.text.count("Régénérer mon code de vote</button>") == 1


async def _votes(voter: JourneyVoter, code: str) -> None:
    refused = await voter.vote(voter.person["voting_code"])
    assert refused.status_code == 422
    assert "seul le dernier affiché fonctionne" in main_text(refused)
    assert (await voter.vote(code)).headers["location"] == OPENS
    assert (await voter.page(OPENS)).status_code == 200


async def _notes(voter: JourneyVoter, link: str, code: str) -> None:
    assert (await voter.wait_for_stage("Displaying"))["final"] is False
    over = await voter.note(link)
    assert (over.status_code, over.headers["location"]) == (303, f"{link}/note")
    assert code not in (await voter.page(f"{link}/note")).text
    done = await voter.wait_for_stage("Reissued")
    assert all(step["state"] == "done" for step in done["steps"])


async def _is_told_at_work(voter: JourneyVoter, code: str, link: str) -> None:
    notice = await voter.received_message("a été remplacé")
    assert notice["to"] == voter.person["work_email"]
    for secret in (code, link, voter.person["phone"], voter.person["personal_email"]):
        assert secret not in notice["text"]
