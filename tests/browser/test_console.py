"""The operators' console in a browser: on a phone, with and without scripts."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from activities.roll_import.fictional_roll import person as fictional_line
from activities.roll_import.lines import Column
from console.presenters.recovery.record import record_url
from demo.client.demo_internals import fetch_rows
from demo.client.held_recoveries import held
from demo.client.running import Demo
from tests.browser.all_pages import APPEARANCE, violations
from tests.browser.conftest import Gateways
from tests.browser.received_messages import Person, until
from tests.browser.sessions import Sessions
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.support.roll_uploads import file_of

_HELD_ONE = "SELECT workflow_id FROM progress WHERE stage = 'Held' ORDER BY changed_at DESC LIMIT 1"


def _sign_in(window: Page, login: str) -> None:
    window.goto("/exploitation")
    window.get_by_label("Votre identifiant d’opérateur").fill(login)
    window.get_by_role("button", name="Se connecter", exact=True).click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Tableau de bord")


def _is_accessible(window: Page) -> None:
    """Check a page on a desktop, then its appearance on a phone, where it must not scroll sideways."""
    assert violations(window) == []
    window.set_viewport_size({"width": PHONE, "height": 812})
    assert violations(window, *APPEARANCE) == []
    assert window.evaluate("document.documentElement.scrollWidth") <= PHONE
    window.set_viewport_size({"width": DESKTOP, "height": 812})


def test_the_dashboard_renews_itself(windows: Windows, demo: Demo) -> None:
    """Without a reload; here and on the provider's page axe finds nothing, and nothing scrolls sideways."""
    window = windows.open(demo.url)
    window.clock.install()
    window.goto("/exploitation")
    _is_accessible(window)
    _sign_in(window, "a.moreau")
    _is_accessible(window)
    window.evaluate("document.querySelector('#dashboard h2').dataset.old = 'yes'")
    window.clock.run_for(5000)
    expect(window.locator("#dashboard h2").first).not_to_have_attribute("data-old", "yes")


def test_pages_of_acts_are_accessible(windows: Windows, demo: Demo) -> None:
    """Axe finds nothing in them, and nothing scrolls sideways."""
    window = windows.open(demo.url)
    _sign_in(window, "v.garnier")
    paths = ("echecs", "recherche?reference=x", "actes", "envois", "liste", "liste/electeurs/modifier")
    for path in (*paths, "passerelles", "chiffres", "journal"):
        window.goto(f"/exploitation/{path}")
        window.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        _is_accessible(window)


def test_pages_of_a_recovery_and_of_an_act_on_many_are_accessible(
    windows: Windows, demo: Demo, gateways: Gateways, sessions: Sessions, person: Person
) -> None:
    """A held recovery, the confirmations of its acts, the confirmation of an act on all that has failed, and that act."""
    gateways(sms="refuse")
    sessions.http_elector(demo.url, person).request("sms")
    until(lambda: held(demo) or None, "a send is held")
    [(workflow_id,)] = fetch_rows(demo, _HELD_ONE)
    page = record_url(str(workflow_id))
    window = windows.open(demo.url)
    _sign_in(window, "o.petit")
    for path in (page, *(f"{page}/actes/{act}" for act in ("relancer", "autre-passerelle", "annuler"))):
        window.goto(path)
        assert violations(window) == [], path
    _confirm_retry_of_all(window)
    assert violations(window) == []
    window.get_by_role("button", name="Relancer").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Relance en nombre")
    assert violations(window) == []


def test_pages_of_a_mailing_and_of_an_upload_are_accessible(
    windows: Windows, demo: Demo, gateways: Gateways
) -> None:
    """A mailing, the confirmations of its start and its stop, and what was found in a file of the roll."""
    gateways(email="down")  # none of its mails reaches anybody
    window = windows.open(demo.url)
    _sign_in(window, "v.garnier")
    window.goto("/exploitation/envois")
    window.get_by_label("Nom de l’envoi").fill("accessible")
    window.get_by_role("button", name="Envoyer à toute la liste").click()
    assert violations(window) == []
    window.get_by_role("button", name="Commencer l’envoi").click()
    window.get_by_role("link", name="Arrêter").click()
    assert violations(window) == []
    window.get_by_role("button", name="Arrêter l’envoi").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Envoi accessible")
    assert violations(window) == []
    window.goto("/exploitation/liste")
    good, refused = fictional_line(5000), fictional_line(5001) | {Column.NUMEN: "x"}
    window.locator("#kind-add").check(force=True)  # its label is the circle that is seen
    window.get_by_label("Fichier de la liste").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": file_of([good, refused])}
    )
    window.get_by_role("button", name="Déposer et lire").click()
    expect(window.get_by_role("heading", name="Lignes refusées")).to_be_visible()
    assert violations(window) == []
    window.get_by_role("link", name="Abandonner et effacer").click()
    assert violations(window) == []
    window.get_by_role("button", name="Abandonner et effacer").click()


def test_the_console_works_without_scripts(windows: Windows, demo: Demo) -> None:
    """Sign in, look again, sign out."""
    window = windows.open(demo.url, javascript=False)
    _sign_in(window, "v.garnier")
    window.get_by_role("link", name="Actualiser").click()
    expect(window.get_by_text("Vera Garnier (administration)")).to_be_visible()
    expect(window.get_by_text("Session jusqu’à")).to_be_visible()
    window.get_by_role("button", name="Se déconnecter").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")


def _confirm_retry_of_all(window: Page) -> None:
    window.goto("/exploitation/echecs")
    window.get_by_role("group", name="Pour tout").get_by_role("button", name="Relancer", exact=True).click()
    window.get_by_label("Raison").fill("opérateur rétabli")


def _retry_all(window: Page) -> None:
    _confirm_retry_of_all(window)
    window.get_by_role("button", name="Relancer").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_act_shows_its_buttons_as_soon_as_a_worker_has_begun_it(
    windows: Windows,
    demo: Demo,
    gateways: Gateways,
    sessions: Sessions,
    person: Person,
    *,
    javascript: bool,
) -> None:
    """Until then its page says that it waits; with scripts nothing is loaded again, and what is typed meanwhile stays."""
    gateways(sms="refuse")
    sessions.http_elector(demo.url, person).request("sms")
    until(lambda: held(demo) or None, "a send is held")
    window = windows.open(demo.url, javascript=javascript)
    _sign_in(window, "o.petit")
    worker = demo.process("worker")
    worker.suspend()
    try:
        _retry_all(window)
        expect(window.get_by_text("Il commence dès qu’un worker le prend")).to_be_visible()
        expect(window.get_by_role("button", name="Suspendre")).to_have_count(0)
        window.evaluate("document.body.dataset.same = 'yes'")
        gateways(sms="down")  # what is retried has no outcome yet
    finally:
        worker.resume()
    begun = window.get_by_role("button", name="Suspendre")
    if not javascript:
        until(lambda: _has_after_look(window, begun), "the act has begun")
    expect(begun).to_be_visible()
    expect(window.get_by_role("heading", level=1)).to_have_text("Relance en nombre")
    window.get_by_label("Rythme, par seconde").fill("7")
    if javascript:
        for _ in range(2):
            window.wait_for_event("response", lambda answer: answer.url.endswith("/avancement"))
        expect(window.get_by_label("Rythme, par seconde")).to_have_value("7")
        assert window.evaluate("document.body.dataset.same") == "yes"
    window.get_by_role("button", name="Changer").click()
    expect(window.get_by_text("7 par seconde")).to_be_visible()
    window.get_by_role("link", name="Arrêter").click()
    window.get_by_role("button", name="Arrêter l’acte").click()
    expect(window.get_by_text("Arrêté", exact=True)).to_be_visible()
    expect(window.get_by_role("button", name="Suspendre")).to_have_count(0)


def _has_after_look(window: Page, wanted: Locator) -> bool | None:
    window.get_by_role("link", name="Actualiser").click()
    return wanted.count() > 0 or None


def test_the_console_warns_before_a_session_ends(windows: Windows, demo: Demo) -> None:
    """By the portal's own dialog: one button keeps the session alive, and what was typed is still there."""
    window = windows.open(demo.url)
    _sign_in(window, "a.moreau")
    window.clock.install()
    window.goto("/exploitation/recherche")
    window.locator("input[name=reference]").fill("A45F")
    window.route("**/exploitation/session.json", _answer)
    expect(window.get_by_text("Session jusqu’à")).to_have_count(0)  # told where no script warns
    warning = window.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_be_hidden()
    window.clock.fast_forward("28:30")
    expect(warning).to_be_visible()
    assert violations(window) == []
    window.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(window.locator("input[name=reference]")).to_have_value("A45F")


def _answer(route: Route) -> None:
    """Answer that the session ends in 110 seconds, or let its server keep it alive."""
    if route.request.method == "POST":
        route.continue_()
    else:
        route.fulfill(json={"left": 110})
