"""The recovery of a voting code over HTTP, step by step."""

import re

from demo.client.voter import shown_code
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, plain, title

CAMILLE, JEAN_BAPTISTE, NGUYEN = 0, 2, 6
OPENS = "/espace-de-vote"


async def test_a_lost_code_is_replaced_by_sms(people: DemoPeople) -> None:
    """Sign in, answer the challenge, receive an SMS, click, see the new code, vote with it."""
    voter = await people.voter(CAMILLE)
    await _sign_in(voter)
    await _find_the_form(voter)
    assert (await voter.ask("sms")).headers["location"] == FOLLOW
    link = await voter.received_link()
    await _follow_the_sms(voter)
    await _read_the_warning(voter, link)
    assert (await voter.vote(voter.person["voting_code"])).headers["location"] == OPENS

    code = shown_code((await voter.press(link)).text)
    assert code
    await _vote(voter, code)
    await _note_the_code(voter, link, code)
    await _read_the_notice(voter, code, link)
    await _read_the_record(voter, code)


async def test_a_lost_code_is_replaced_by_email(people: DemoPeople) -> None:
    """By e-mail to a personal mailbox, with the NIR instead of the NUMEN."""
    voter = await people.signed_in(NGUYEN)
    answer = await voter.ask("email", proof=f" {voter.person['nir10'][:1]} {voter.person['nir10'][1:]}")
    assert answer.headers["location"] == FOLLOW
    link = await voter.received_link()
    assert (await voter.wait_for_stage("Sent"))["hint"] == "n•••@c•••.org"
    [mail] = await voter.received()
    assert (mail["channel"], mail["to"]) == ("email", voter.person["personal_email"])
    assert "120 secondes seulement" in plain(mail["text"])

    code = shown_code((await voter.press(link)).text)
    assert code
    await _vote(voter, code)
    await _note_the_code(voter, link, code)
    await _read_the_notice(voter, code, link)


async def test_a_retyped_link_and_code_are_accepted(people: DemoPeople) -> None:
    """A token in capitals with o for 0 and l for 1, and a code in small letters with spaces, are accepted."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    retyped = "/lien/" + link.removeprefix("/lien/").replace("0", "o").replace("1", "l").upper()
    code = shown_code((await voter.press(retyped)).text)
    assert code
    spaced = " ".join(code[start : start + 4] for start in range(0, len(code), 4))
    assert (await voter.vote(spaced.lower())).headers["location"] == OPENS


async def _read_the_record(voter: JourneyVoter, code: str) -> None:
    """« Mes demandes » has each step of the recovery, newest first, and neither the code nor the number."""
    portal = await voter.page("/portail")
    assert "Voir mes demandes" in main_text(portal)
    record = plain(main_text(await voter.page("/portail/reassorts")))
    steps = (
        "nouveau code affiché",
        "message arrivé par SMS",
        "message parti par SMS",
        "demande acceptée, envoi par SMS",
        "Code de vote juste",
        "Connexion réussie",
    )
    places = [record.index(step) for step in steps]
    assert places == sorted(places), record
    assert re.search(r"Code de vérification (?:[0-9A-Z]{6}-){3}[0-9A-Z]{6}", record), record
    assert code not in record
    assert voter.person["phone"][-6:] not in record


async def _sign_in(voter: JourneyVoter) -> None:
    assert "Se connecter" in main_text(await voter.page("/"))
    assert (await voter.sign_in()).headers["location"] == "/portail"
    portal = await voter.page("/portail")
    assert title(portal) == f"Bonjour {voter.person['name']}"
    left = re.search(r"Il reste \D*(\d+) jours? , (\d+) heures? et (\d+) minutes?", main_text(portal))
    assert left, main_text(portal)
    assert int(left[1]) < 10
    assert "Consulter les scrutins, les candidatures et voter" in main_text(portal)


async def _find_the_form(voter: JourneyVoter) -> None:
    assert '<a href="/reassort/code-de-vote">obtenir un réassort</a>' in (await voter.page("/vote")).text
    assert f'href="{FORM}"' in (await voter.page("/reassort/code-de-vote")).text
    assert plain(voter.person["challenge_question"]) in main_text(await voter.page(FORM))


async def _follow_the_sms(voter: JourneyVoter) -> None:
    sent = await voter.wait_for_stage("Sent")
    [sms] = await voter.received()
    assert (sms["channel"], sms["to"]) == ("sms", voter.person["phone"])
    assert len(sms["text"]) <= 160
    assert sent["hint"] == f"•• •• •• •• {voter.person['phone'][-2:]}"
    assert "Destination" in main_text(await voter.page(FOLLOW))


async def _read_the_warning(voter: JourneyVoter, link: str) -> None:
    page = await voter.page(link)
    assert "120 secondes seulement" in main_text(page)
    assert "Prenez de quoi écrire" in main_text(page)
    assert page.text.count("Régénérer mon code de vote</button>") == 1


async def _vote(voter: JourneyVoter, code: str) -> None:
    refused = await voter.vote(voter.person["voting_code"])
    assert refused.status_code == 422
    assert "seul le dernier affiché fonctionne" in main_text(refused)
    assert (await voter.vote(code)).headers["location"] == OPENS
    assert (await voter.page(OPENS)).status_code == 200


async def _note_the_code(voter: JourneyVoter, link: str, code: str) -> None:
    assert (await voter.wait_for_stage("Displaying"))["final"] is False
    over = await voter.note(link)
    assert (over.status_code, over.headers["location"]) == (303, f"{link}/note")
    assert code not in (await voter.page(f"{link}/note")).text
    done = await voter.wait_for_stage("Reissued")
    assert all(step["state"] == "done" for step in done["steps"])


async def _read_the_notice(voter: JourneyVoter, code: str, link: str) -> None:
    notice = await voter.received_message("a été remplacé")
    assert notice["to"] == voter.person["work_email"]
    for secret in (code, link, voter.person["phone"], voter.person["personal_email"]):
        assert secret not in notice["text"]
