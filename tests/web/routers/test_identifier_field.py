"""The field for what an elector types first asks for the same in its label and in its error."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.client import Client

from demo.client.voter import hidden_fields
from election.settings import load
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from web.app import build_app_context, create_app

_DEFAULT = Path(__file__).parents[3] / "election" / "default.toml"
_PASSWORD = "/reassort/mot-de-passe"
_ADDRESS = ("Adresse professionnelle", "Indiquez votre adresse professionnelle.")
_EITHER = (
    "Adresse professionnelle ou identifiant électeur",
    "Indiquez votre adresse professionnelle ou votre identifiant électeur.",
)


async def _label_and_error(web_app: WebApp, path: str) -> tuple[str, str]:
    async with web_app.browser() as browser:
        hidden = hidden_fields((await browser.get(path)).text)
        answer = await browser.post(path, data={**hidden, "identifier": " "})
    assert_valid_response(answer)
    assert answer.status_code == 422
    label = re.search(r'for="f-identifier">\s*([^<]*)', answer.text)
    error = re.search(r'href="#f-identifier">([^<]*)', answer.text)
    assert label
    assert error
    return label[1].strip(), error[1].strip()


@pytest.mark.parametrize(
    ("path", "said"), [("/connexion", _ADDRESS), ("/sans-notice", _ADDRESS), (_PASSWORD, _EITHER)]
)
async def test_an_empty_field_asks_for_what_its_label_asks_for(
    web_app: WebApp, path: str, said: tuple[str, str]
) -> None:
    """For a forgotten password the notice's identifier will do as well."""
    assert await _label_and_error(web_app, path) == said


async def test_without_identifiers_the_address_alone_is_asked_for(web_app: WebApp, temporal: Client) -> None:
    """In an election whose voting space has no identifiers, for a forgotten password too."""
    context = build_app_context(settings_of("unused"), load(_DEFAULT), web_app.services, temporal, demo=False)
    assert await _label_and_error(replace(web_app, app=create_app(context)), _PASSWORD) == _ADDRESS
