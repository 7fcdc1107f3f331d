"""Another address than the elector's own (2011) is checked on a page of its own before the link is used up."""

from collections.abc import AsyncIterator

import pytest_asyncio

from demo.client.voter import hidden_fields, shown_password
from tests.support.web_app import WebApp
from tests.web.routers.identifier_and_password_steps import Steps, step_of, steps

_TYPED = {"destination": "other", "email": "p@orange.fe", "email_again": "p@orange.fe"}


@pytest_asyncio.fixture
async def voter(web_app: WebApp) -> AsyncIterator[Steps]:
    """An elector with a live link."""
    async with web_app.browser() as browser:
        yield await steps(web_app, await web_app.new_elector(), browser)


async def test_another_address_is_shown_before_it_is_used(voter: Steps) -> None:
    """In full; the link is still live, and the button shows the password."""
    page = await voter.sends(await voter.proves(), _TYPED)
    assert (page.status_code, step_of(page)) == (200, "Étape 2 sur 3")
    assert "p@orange.fe" in page.text
    assert shown_password(page.text) is None
    assert step_of(await voter.opens()) == "Étape 1 sur 3"
    assert shown_password((await voter.sends(page, {})).text)


async def test_the_address_can_be_changed_there(voter: Steps) -> None:
    """« Modifier » shows what was typed, and the voter goes on from it."""
    page = await voter.sends(await voter.proves(), _TYPED)
    again = await voter.sends(page, {"action": "modifier"})
    assert again.text.count('value="p@orange.fe"') == 2
    assert 'value="verification"' not in again.text
    checked = await voter.sends(again, {**_TYPED, "email": "p@exemple.fr", "email_again": "p@exemple.fr"})
    assert "p@exemple.fr" in checked.text
    assert "p@orange" not in checked.text


async def test_a_likely_misspelling_is_corrected_by_its_button(voter: Steps) -> None:
    """The likely address is then checked like any other."""
    page = await voter.sends(await voter.proves(), _TYPED)
    corrected = await voter.sends(page, {"action": "corriger"})
    assert hidden_fields(corrected.text)["email"] == hidden_fields(corrected.text)["email_again"] == "p@orange.fr"
    assert 'value="corriger"' not in corrected.text
    assert shown_password((await voter.sends(corrected, {})).text)


async def test_the_elector_s_own_address_needs_no_check(voter: Steps) -> None:
    """The page before has shown it in full, and says what its button does: the password is replaced at once."""
    page = await voter.proves()
    assert ">Valider l’adresse</button>" in page.text
    told = " ".join(page.text.split())
    assert "s’affiche dès que vous validez" in told
    assert "l’ancien ne fonctionne plus, et il n’est plus possible de changer d’adresse" in told
    assert shown_password((await voter.chooses(page)).text)
