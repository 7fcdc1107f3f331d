"""The end of the display window, in an election where it lasts seconds."""

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_USED = "Lien déjà utilisé"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_code_is_not_shown_after_the_window(
    windows: Windows, fast_elector: Voter, sessions: Sessions, fast_demo: Demo, *, javascript: bool
) -> None:
    """The page blanks by itself; the code comes back neither by a reload, nor by the link, nor by « Précédent »."""
    phone = Voter(windows.open(fast_demo.url, width=PHONE, javascript=javascript), fast_elector.person)
    link = sessions.http_elector(fast_demo.url, fast_elector.person).ask()
    fast_elector.page.goto("/reassort/suivi")
    code = phone.press(link)
    phone.sees("Le code n’est plus visible" if javascript else _USED)
    assert code not in phone.page.content()
    fast_elector.sees("C’est fait : vous avez un nouveau code")

    phone.page.reload()
    phone.sees(_USED)
    assert code not in phone.page.content()
    phone.page.goto(link)
    phone.sees(_USED)
    phone.link("Faire une nouvelle demande").click()
    phone.sees("Connectez-vous pour obtenir un nouveau code de vote")
    phone.page.go_back()
    expect(phone.page.locator("#voting-code")).to_have_count(0)
    assert code not in phone.page.content()
