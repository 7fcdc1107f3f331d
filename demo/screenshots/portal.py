"""The README's pictures: the home page, a new voting code, and a failed send in the Temporal UI."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from demo.client.running import Demo
from demo.screenshots.camera import open_page, save
from demo.state.people import people

_WIDE: ViewportSize = {"width": 1280, "height": 860}
_HELD = 'RecoveryStage="Held"'


def take(browser: Browser, demo: Demo, folder: Path) -> None:
    """Save home.png, code.png and held.png in a folder."""
    _save(_home(browser, demo), folder / "home.png")
    _save(_code(browser, demo), folder / "code.png")
    _save(_held(browser, demo), folder / "held.png")


def _home(browser: Browser, demo: Demo) -> Page:
    page = open_page(browser, demo.url)
    page.goto("/")
    return page


def _code(browser: Browser, demo: Demo) -> Page:
    person = people()[0].public()
    page = _request_code(browser, demo, person)
    page.goto(_link(page, person["phone"]))
    page.get_by_role("button", name="Régénérer mon code de vote").click()
    expect(page.locator("#voting-code")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the icons of its buttons
    return page


def _held(browser: Browser, demo: Demo) -> Page:
    demo.gateways(sms="refuse", sms2="refuse")
    page = _request_code(browser, demo, people()[1].public())
    page.wait_for_function("fetch('/reassort/suivi.json').then(r => r.json()).then(r => r.stage === 'Held')")
    page = open_page(browser, f"http://127.0.0.1:{demo.ports['TEMPORAL_UI_PORT']}")
    page.goto(f"/namespaces/default/workflows?query={_HELD}")
    page.locator("a[href*='/workflows/code-de-vote']").first.click()
    page.locator("a[href$=user-metadata]").click()
    page.set_viewport_size(_WIDE)
    # The Temporal UI renders a workflow's details in an iframe.
    expect(page.frame_locator("iframe").last.get_by_text("Envoi en échec")).to_be_visible()
    return page


def _request_code(browser: Browser, demo: Demo, person: dict[str, Any]) -> Page:
    """Sign a person in, request a new voting code by SMS, and return the follow-up page."""
    page = open_page(browser, demo.url)
    page.goto("/connexion")
    page.locator("[name=identifier]").fill(person["work_email"])
    captcha = page.locator("[name=captcha_id]").input_value()
    response = page.request.get("/demo/captcha.json", params={"id": captcha}).json()
    page.locator("[name=captcha]").fill(str(response["answer"]))
    page.get_by_role("button", name="Continuer").click()
    page.locator("[name=password]").fill(person["password"])
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name=f"Bonjour {person['name']}")).to_be_visible()
    page.goto("/reassort/code-de-vote/question-defi")
    page.locator("[name=answer]").fill(person["secret_answer"])
    page.locator("[name=proof]").fill(person["numen"])
    page.get_by_role("button", name="Continuer").click()
    page.locator("label", has_text="Par SMS").click()
    page.locator("[name=phone]").fill(person["phone"])
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Envoyer le lien").click()
    expect(page).to_have_url(re.compile("/reassort/suivi"))
    return page


def _link(page: Page, phone: str) -> str:
    """Return the path of the link that a phone has received; wait for it."""
    script = f"""fetch('/demo/messages.json').then(r => r.json())
        .then(all => all.filter(one => one.to === '{phone}').map(one => one.text.match(/\\/lien\\/\\w+/)[0])[0])"""
    return str(page.wait_for_function(script).json_value())


def _save(page: Page, file: Path) -> None:
    """Save the visible part of a page."""
    page.evaluate("scrollTo(0, 0)")
    save(page.screenshot(animations="disabled"), file)
