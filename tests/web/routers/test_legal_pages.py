"""The pages that the law asks for say what the election's file and the rules say."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from temporalio.client import Client

from activities.accounts import captchas, sessions
from election.procedures import Procedure
from election.rules import retention
from election.rules.legal import LegalBasis, State
from election.settings import Election
from election.text.numbers import written_duration
from tests.support.election_words import ELECTIONS
from tests.support.sample_legal_pages import AUDIT
from tests.support.spoken import WRAPPED
from tests.support.untranslated import on_page
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from web.app import build_app_context, create_app
from web.context.cookies import EVERY
from web.presenters.legal.personal_data import kept_data
from web.presenters.offer import offer_of

_PAGES = {
    "/accessibilite": "Déclaration d’accessibilité",
    "/mentions-legales": "Mentions légales",
    "/donnees-personnelles": "Données personnelles",
    "/cookies": "Cookies",
}
_DEMO = ELECTIONS["demo"]


@asynccontextmanager
async def _browser(web_app: WebApp, temporal: Client, election: Election) -> AsyncIterator[httpx2.AsyncClient]:
    context = build_app_context(settings_of("unused"), election, web_app.services, temporal, demo=False)
    async with replace(web_app, app=create_app(context)).browser() as browser:
        yield browser


def _changed(election: Election, **rules: Any) -> Election:
    """Return the election with other values in the section of personal data or of accessibility."""
    legal = election.legal
    return election.model_copy(update={"legal": legal.model_copy(update=rules)})


_AUDITED = _changed(
    _DEMO,
    accessibility=_DEMO.legal.accessibility.model_copy(
        update={"state": State.PARTIALLY_COMPLIANT, "audit": AUDIT, "failures": ("Un contraste trop faible.",)}
    ),
)


async def _text(browser: httpx2.AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert_valid_response(answer)
    assert answer.status_code == 200
    return _read(answer)


async def _english(browser: httpx2.AsyncClient, path: str) -> str:
    answer = await browser.get(path, headers={"cookie": "langue=en"})
    assert '<html lang="en"' in answer.text
    return _read(answer)


def _read(answer: httpx2.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.text)).replace("\u00a0", " "))


@pytest.mark.parametrize("name", ELECTIONS)
async def test_every_page_leads_to_them(web_app: WebApp, temporal: Client, name: str) -> None:
    """From its footer, by the usual labels, without a sign-in; none sets a cookie."""
    async with _browser(web_app, temporal, ELECTIONS[name]) as browser:
        for path in ("/", "/nulle-part", *_PAGES):
            page = await browser.get(path)
            footer = page.text.partition("<footer")[2]
            links = re.findall(r'<a class="fr-footer__bottom-link"\s+href="([^"]+)">([^<]+)</a>', footer)
            assert (
                dict(links).items()
                >= {
                    "/accessibilite": "Accessibilité\u00a0: non conforme",
                    "/mentions-legales": "Mentions légales",
                    "/donnees-personnelles": "Données personnelles",
                    "/cookies": "Gestion des cookies",
                }.items()
            )
        for path, title in _PAGES.items():
            answer = await browser.get(path)
            assert f"<h1>{title}</h1>" in answer.text
            assert "set-cookie" not in answer.headers


async def test_they_have_the_organiser_s_own_values(web_app: WebApp, temporal: Client) -> None:
    """Each value of the section is on the page that it is for."""
    legal = _DEMO.legal
    personal, accessibility = legal.personal_data, legal.accessibility
    shown = {
        "/mentions-legales": [
            legal.publication_director,
            *(value for one in (legal.publisher, legal.host) for value in one.model_dump().values()),
        ],
        "/donnees-personnelles": [
            personal.controller,
            personal.controller_address,
            personal.officer_email,
            personal.officer_address,
            personal.legal_text,
            *personal.authority.model_dump(exclude={"url"}).values(),
            legal.host.name,
        ],
        "/accessibilite": [
            accessibility.contact,
            "29 novembre 2026",
            legal.publisher.name,
            *accessibility.defender.model_dump(exclude={"url"}).values(),
        ],
    }
    async with _browser(web_app, temporal, _DEMO) as browser:
        for path, values in shown.items():
            text = await _text(browser, path)
            assert [value for value in values if value not in text] == [], path
        for path, url in (
            ("/accessibilite", accessibility.defender.url),
            ("/donnees-personnelles", personal.authority.url),
        ):
            assert f'href="{url}"' in (await browser.get(path)).text


async def test_in_english_each_page_says_once_that_the_french_text_is_binding(
    web_app: WebApp, temporal: Client
) -> None:
    """And French pages do not."""
    told = "Only the French text is legally binding"
    async with _browser(web_app, temporal, _DEMO) as browser:
        for path in _PAGES:
            assert (await _english(browser, path)).count(told) == 1
            assert told not in await _text(browser, path)


async def test_in_english_nothing_is_left_in_french(web_app: WebApp, temporal: Client) -> None:
    """With a language that writes ⟦each text⟧, what stands outside is a name, an address, a date or a number."""
    context = build_app_context(settings_of("unused"), _AUDITED, web_app.services, temporal, demo=False)
    legal, support = _AUDITED.legal, _AUDITED.support
    personal, accessibility = legal.personal_data, legal.accessibility
    values = {
        *(each.full_name(context) for each in EVERY),
        *(each.address for each in (legal.publisher, legal.host, personal.authority, accessibility.defender)),
        *(personal.officer_email, accessibility.contact, support.email, context.public_url),
        *("29 November 2026", "1 November 2026"),
    }
    wrapped = replace(web_app, app=create_app(replace(context, languages=WRAPPED)))
    async with wrapped.browser() as browser:
        for path in _PAGES:
            page = await browser.get(path, headers={"cookie": "langue=en"})
            assert on_page(page.text, values) == [], path


async def test_without_an_audit_the_site_says_that_it_is_not_compliant(web_app: WebApp, temporal: Client) -> None:
    """And that nothing is known of the whole, whatever the tests look at."""
    async with _browser(web_app, temporal, _DEMO) as browser:
        text = await _text(browser, "/accessibilite")
    assert "Ce site est non conforme au référentiel général" in text
    assert "Aucun audit RGAA complet n’a été réalisé." in text
    assert "la liste n’est pas connue" in text
    assert " % des critères" not in text


async def test_an_audit_is_told_with_its_figures(web_app: WebApp, temporal: Client) -> None:
    """Who, when, by which version, the rate, the pages and the environment; the footer says the state."""
    declared = _AUDITED.legal.accessibility
    async with _browser(web_app, temporal, _AUDITED) as browser:
        text = await _text(browser, "/accessibilite")
        english = await _english(browser, "/accessibilite")
        home = await _text(browser, "/")
    assert "réalisé par Cabinet de démonstration le 1er novembre 2026 révèle que 72,5 % des critères" in text
    assert (
        "partiellement conforme au référentiel général d’amélioration de l’accessibilité (RGAA) version 4.1.2"
        in text
    )
    assert all(each in text for each in (*AUDIT.pages, *AUDIT.environments, *AUDIT.tools, *declared.failures))
    assert "Aucun audit" not in text
    assert "by Cabinet de démonstration on 1 November 2026 shows that 72.5% of the applicable criteria" in english
    assert "Accessibilité : partiellement conforme" in home


@pytest.mark.parametrize("basis", LegalBasis)
async def test_only_a_public_task_leaves_a_right_to_object(
    web_app: WebApp, temporal: Client, basis: LegalBasis
) -> None:
    """(UE) 2016/679, article 21; the other rights are there in both cases."""
    personal = _DEMO.legal.personal_data.model_copy(update={"legal_basis": basis})
    async with _browser(web_app, temporal, _changed(_DEMO, personal_data=personal)) as browser:
        text = await _text(browser, "/donnees-personnelles")
    assert ("Opposition :" in text) == (basis is LegalBasis.PUBLIC_TASK)
    assert all(right in text for right in ("Accès :", "Rectification :", "Limitation :"))


def _cells(election: Election) -> list[str]:
    return [each.how_long for each in kept_data(election, offer_of(election, has_provider=True))]


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ({"access_traces": timedelta(days=30)}, "180\u00a0jours", "30\u00a0jours"),
        ({"years": 3}, "décembre 2028", "décembre 2029"),
    ],
)
def test_a_changed_rule_of_the_file_changes_the_page(changed: dict[str, Any], before: str, after: str) -> None:
    """What is shown is what the file says, not a text beside it."""
    rules = _DEMO.retention.model_copy(update=changed)
    told = [" ".join(_cells(one)) for one in (_DEMO, _DEMO.model_copy(update={"retention": rules}))]
    assert before in told[0]
    assert after not in told[0]
    assert after in told[1]


def test_every_age_of_the_purge_is_told() -> None:
    """Each rule by which rows are deleted, also one that is new; not of receipts for no message of ours."""
    told = " ".join(_cells(_DEMO)).lower()
    purged = {name: age for name, age in vars(retention).items() if isinstance(age, timedelta)}
    del purged["UNKNOWN_RECEIPTS"]
    assert purged.pop("SETTLED_AFTER") == timedelta(days=1)
    assert "jusqu’au vendredi 11 décembre 2026 à 17\u00a0h" in told  # a day after the links expire
    ages = [*purged.values(), sessions.IDLE, sessions.LONGEST, captchas.KEPT]
    ages += [_DEMO.sign_in.code_lifetime, _DEMO.retention.access_traces]
    assert [age for age in map(written_duration, ages) if age not in told] == []


def test_a_message_to_support_is_kept_while_it_is_tried() -> None:
    """Also one that cannot be delivered."""
    assert [
        each for each in _cells(_DEMO) if each.endswith("remis à l’assistance, ou après 7\u00a0jours d’essais")
    ]


def test_what_an_election_has_not_is_not_kept() -> None:
    """No SMS without a recovery that sends one, no numbers without a recovery of identifiers."""
    told = {
        name: " ".join(each.what for each in kept_data(one, offer_of(one, has_provider=False)))
        for name, one in ELECTIONS.items()
    }
    assert {name for name, text in told.items() if "SMS" in text} == {"2018", "2022", "default", "demo"}
    with_identifiers = {name for name, one in ELECTIONS.items() if Procedure.IDENTIFIER in one.procedures}
    assert {name for name, text in told.items() if "Identifiants demandés" in text} == with_identifiers


def test_temporal_keeps_histories_as_long_as_the_page_says() -> None:
    """The namespace of the production file has that retention."""
    compose = (Path(__file__).parents[3] / "docker-compose.yml").read_text(encoding="utf-8")
    assert f"--retention {retention.HISTORIES.days}d" in compose
