"""The form to the support desk: messages without secrets, limited in number, answered with a reference."""

import re
from dataclasses import replace

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from activities.accounts.roll import Elector
from activities.config.clock import utc_now
from activities.evidence.access_trace import AddressHashes
from activities.proofs.attempts import Attempts
from activities.proofs.rates import Rates
from activities.security.hashing import KeyedHash
from activities.sending.support_limits import SupportLimits
from activities.store.tables import vault_keys
from election.attempts import SupportLetterRules
from election.procedures import reference_of
from tests.support.people import CAMILLE
from tests.support.web_app import SessionTokens, WebApp
from web.app import create_app
from web.clients.support import SupportClient, SupportRequestStatus
from web.context.recovery_references import references_of
from web.routers.support import MAX_LENGTH

_TYPED = {"form_id": "0" * 32, "message": "Le SMS n’arrive pas depuis 14 h.", "reply_to": "camille@exemple.fr"}


async def _posts(web_app: WebApp, tokens: SessionTokens, **typed: str) -> httpx2.Response:
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        return await browser.post("/assistance", data={"csrf": tokens.csrf, **_TYPED, **typed})


async def _elector(web_app: WebApp) -> Elector:
    found = await web_app.services.roll.elector(CAMILLE.id)
    assert found
    return found


async def _keys(web_app: WebApp, workflow_id: str) -> int:
    query = select(vault_keys.c.id).where(vault_keys.c.workflow_id == workflow_id)
    async with web_app.services.database.reading() as connection:
        return len((await connection.execute(query)).all())


async def test_a_question_is_taken_once_and_followed(web_app: WebApp) -> None:
    """A double click is one question and one workflow; its page says that it is being sent."""
    tokens = await web_app.signed_in()
    first, second = [await _posts(web_app, tokens) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    place = first.headers["location"]
    assert second.headers["location"] == place
    assert await _keys(web_app, place.removeprefix("/")) == 1
    async with web_app.browser() as browser:
        page = await browser.get(place)
        others = [await browser.get(f"/assistance/{each}") for each in ("AAAAA-AAAAA", "A" * 2000, "A%00", "%FF")]
    assert place.removeprefix("/assistance/") in page.text
    assert "rien n’est perdu" in page.text
    assert [each.status_code for each in others] == [404] * 4


async def test_a_message_that_could_not_be_delivered_is_not_promised_an_answer(web_app: WebApp) -> None:
    """Its page says how else to reach support, and no longer that support answers."""
    place = (await _posts(web_app, await web_app.signed_in(), form_id="2" * 32)).headers["location"]
    support = web_app.context.support_client
    await support._client.get_workflow_handle(place.removeprefix("/")).terminate()
    assert await support.status(place.removeprefix("/assistance/")) is SupportRequestStatus.NOT_DELIVERED
    async with web_app.browser() as browser:
        page = (await browser.get(place)).text
    assert "Il n’a pas pu être remis. Envoyez-en un nouveau, ou joignez l’assistance\u00a0: " in page
    assert web_app.context.election.support.shown_telephone in page.split("<main", 1)[1].split("</main", 1)[0]
    assert "L’assistance répond à l’adresse" not in page


async def test_temporal_has_neither_message_nor_address(web_app: WebApp) -> None:
    """The history has the envelope and the references of the elector's recoveries, as the form shows them."""
    tokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        form = (await browser.get("/assistance")).text
    told = await references_of(web_app.context, await _elector(web_app))
    references = re.findall(r'<span class="reference" translate="no">([^<]*)</span>', form)
    assert references == re.findall(r"[0-9A-F-]{14}", told)  # none of them breaks over two lines
    assert told in re.sub("<[^>]*>", "", form)
    place = (await _posts(web_app, tokens, form_id="1" * 32, message="Au secours")).headers["location"]
    handle = web_app.context.support_client._client.get_workflow_handle(place.removeprefix("/"))
    history = "".join(str(event) for event in (await handle.fetch_history()).events)
    assert f"{reference_of(CAMILLE.id)} (code de vote)" in history
    assert not [typed for typed in ("camille", "secours") if typed in history.lower()]
    assert (
        await web_app.context.support_client.status(place.removeprefix("/assistance/"))
        is SupportRequestStatus.SENDING
    )


async def test_every_reference_is_the_beginning_of_a_workflow_id(web_app: WebApp) -> None:
    """One for each procedure, so that support staff find the recovery; the follow-up page shows the same."""
    elector = await _elector(web_app)
    told = (await references_of(web_app.context, elector)).split(", ")
    subjects = [
        elector.id,
        web_app.services.identifiers.proof.subject(CAMILLE.numen),
        (await web_app.services.roll.claimant(CAMILLE.work_email)).subject,
    ]
    assert [each[:14] for each in told] == [reference_of(subject) for subject in subjects]
    assert [each[15:] for each in told] == [
        "(code de vote)",
        "(identifiant)",
        "(mot de passe ou identifiant et mot de passe)",
    ]
    assert await web_app.context.identifier_client.reference(elector.id) in told[1]


async def test_a_secret_is_redacted_and_nothing_is_sent(web_app: WebApp) -> None:
    """The page names what was deleted; sent again as the form shows it, the question is taken."""
    tokens = await web_app.signed_in()
    refused = await _posts(web_app, tokens, message=f"Mon NUMEN {CAMILLE.numen} est refusé")
    assert refused.status_code == 422
    assert f"ce qui ressemble à un NUMEN («\u00a0{CAMILLE.numen[:2]}…\u00a0»)" in refused.text
    assert CAMILLE.numen not in refused.text
    assert "Mon NUMEN ••• est refusé</textarea>" in refused.text
    assert (await _posts(web_app, tokens, message="Mon NUMEN ••• est refusé")).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"message": "  "}, "Dites ce qui vous arrive."),
        ({"message": "x" * (MAX_LENGTH + 1)}, "Cette réponse est trop longue\u00a0: raccourcissez-la."),
        ({"reply_to": "camille"}, "Indiquez une adresse de messagerie"),
    ],
)
async def test_a_field_that_is_wrong_has_its_sentence(
    web_app: WebApp, wrong: dict[str, str], sentence: str
) -> None:
    """The other fields keep what was typed."""
    answer = await _posts(web_app, await web_app.signed_in(), **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_without_a_sign_in_the_form_has_a_captcha(web_app: WebApp) -> None:
    """A wrong answer sends nothing and keeps the message; a right one is enough."""
    cookie, session = web_app.services.sessions.anonymous()
    tokens = SessionTokens(cookie, web_app.context.form_tokens.make(session.id_hash))
    wrong = await _posts(web_app, tokens, captcha="12")
    assert wrong.status_code == 422
    assert _TYPED["message"] in wrong.text
    drawn = web_app.services.captchas.draw(session.id_hash)
    read = str(await web_app.services.captchas.answer(drawn))
    assert (await _posts(web_app, tokens, captcha_id=drawn, captcha=read)).status_code == 303


async def _asks(app: FastAPI, web_app: WebApp, number: int, **typed: str) -> httpx2.Response:
    """Return the answer to a new letter of a browser that has not signed in."""
    services = web_app.services
    cookie, session = services.sessions.anonymous()
    drawn = services.captchas.draw(session.id_hash)
    captcha = {"captcha_id": drawn, "captcha": str(await services.captchas.answer(drawn))}
    hidden = {"csrf": web_app.context.form_tokens.make(session.id_hash), "form_id": f"{number:032x}"}
    transport = httpx2.ASGITransport(app, client=(f"198.51.100.{number}", 443))
    async with httpx2.AsyncClient(transport=transport, base_url="http://portail.exemple.fr") as browser:
        sent = {**_TYPED, **hidden, **captcha, **typed}
        return await browser.post("/assistance", data=sent, headers={"cookie": f"session={cookie}"})


def _limited(web_app: WebApp, rules: SupportLetterRules) -> FastAPI:
    """Return the application with limits for letters; the others of this module have none."""
    database, now = web_app.services.database, utc_now
    addresses = AddressHashes(database, KeyedHash(b"k" * 32), now)
    limits = SupportLimits(Attempts(database, rules, now), Rates(database, now), addresses, rules)
    context, vault = web_app.context, web_app.services.vault
    client = SupportClient(context.support_client._client, context.election, vault, limits, b"k" * 32)
    return create_app(replace(context, support_client=client))


async def test_letters_are_limited_by_the_address_to_answer_to(web_app: WebApp) -> None:
    """After the first ones the form answers 429 with the support desk's telephone; another address is taken."""
    app = _limited(web_app, SupportLetterRules(free_failures=2))
    first, second, third = [await _asks(app, web_app, number) for number in range(1, 4)]
    assert (first.status_code, second.status_code, third.status_code) == (303, 303, 429)
    support = web_app.context.election.support
    assert support.shown_telephone in third.text
    assert support.shown_hours in third.text
    assert "Plusieurs messages sont déjà partis" in third.text
    assert _TYPED["message"] in third.text
    assert (await _asks(app, web_app, 4, reply_to="sacha@exemple.fr")).status_code == 303


async def test_letters_are_limited_by_network_and_in_all(web_app: WebApp) -> None:
    """Each limit says which it is; an elector who has signed in still writes when strangers have used up theirs."""
    once = _limited(web_app, SupportLetterRules(per_network_an_hour=1))
    answers = [await _asks(once, web_app, 9, reply_to=f"r{number}@exemple.fr") for number in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
    assert "Beaucoup de messages sont partis de votre réseau" in answers[1].text
    full = _limited(web_app, SupportLetterRules(without_sign_in_an_hour=1))
    answers = [await _asks(full, web_app, 20 + number, reply_to=f"s{number}@exemple.fr") for number in range(2)]
    assert answers[1].status_code == 429
    assert "L’assistance reçoit en ce moment trop de messages" in answers[1].text


async def test_the_same_letter_sent_again_is_not_counted(web_app: WebApp) -> None:
    """Even when its sender and its network have reached their limits: it has its reference already."""
    app = _limited(web_app, SupportLetterRules(free_failures=1, per_network_an_hour=1))
    first, again, other = [
        await _asks(app, web_app, number, reply_to="dominique@exemple.fr") for number in (40, 40, 41)
    ]
    assert first.headers["location"] == again.headers["location"]
    assert other.status_code == 429
