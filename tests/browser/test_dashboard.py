"""The demo's desk shows mails as a mailbox would."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from demo.state.inbox import Inbox
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.windows import PHONE, Windows

_HOSTILE = (
    "<!DOCTYPE html><html><head><title>Titre</title></head><body><p id='words'>Rien d’autre</p>"
    "<script>document.getElementById('words').textContent = 'exécuté'</script>"
    "<img alt='une image' src='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'></body></html>"
)


def test_a_mail_is_shown_with_its_styles_and_its_link_opens_in_another_tab(
    windows: Windows, http_elector: HttpElector, demo: Demo
) -> None:
    """The button of the newest mail leads to the link's page, which opens as from a mailbox; on a phone nothing scrolls sideways."""
    link = http_elector.ask("email")
    desk = windows.open(demo.url)
    desk.goto("/demo")
    mail = desk.frame_locator(f"iframe[srcdoc*='{link}']")
    button = mail.get_by_role("link", name="Obtenir un nouveau code de vote")
    expect(button).to_have_css("background-color", "rgb(0, 0, 145)")
    with desk.expect_popup() as opened:
        button.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Régénérer mon code de vote")
    assert opened.value.url == f"{demo.url}{link}"
    desk.set_viewport_size({"width": PHONE, "height": 812})
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_text_version_takes_the_place_of_the_mail(
    windows: Windows, http_elector: HttpElector, demo: Demo
) -> None:
    """One of the two is open at a time, without a script of the page."""
    link = http_elector.ask("email")
    desk = windows.open(demo.url, javascript=False)
    desk.goto("/demo")
    message = desk.locator("article", has=desk.locator(f"iframe[srcdoc*='{link}']")).first
    text = message.get_by_role("link", name=f"{demo.url}{link}")
    expect(text).to_be_hidden()
    message.get_by_text("Version texte").click()
    expect(text).to_be_visible()
    expect(message.locator("iframe")).to_be_hidden()


@pytest.fixture
def hostile_mail(demo: Demo, person: Person) -> Iterator[None]:
    """A mail on the desk, which is not there for other tests: browsers log what they have refused."""
    inbox = Inbox.under(demo.state)
    inbox.add("email", person["work_email"], "Hostile", "Texte", _HOSTILE)
    yield
    with inbox._records.transaction() as connection:
        connection.execute("DELETE FROM html WHERE id IN (SELECT id FROM received WHERE subject = 'Hostile')")
        connection.execute("DELETE FROM received WHERE subject = 'Hostile'")


@pytest.mark.usefixtures("hostile_mail")
def test_a_mail_runs_no_script_and_loads_no_image(windows: Windows, demo: Demo) -> None:
    """Whatever is in it."""
    desk = windows.open(demo.url)
    desk.goto("/demo")
    frame = desk.locator("iframe[title='Hostile']").first
    expect(frame.content_frame.locator("#words")).to_have_text("Rien d’autre")
    assert frame.content_frame.locator("img").evaluate("image => image.naturalWidth") == 0
    refused = [
        problem for problem in windows.problems if "Blocked script execution" in problem or "img-src" in problem
    ]
    assert refused
    windows.problems.clear()
