"""The runbook's pictures of acts on recoveries: on one, on chosen ones, on all that match a filter."""

from playwright.sync_api import Page

from console.presenters.recovery.record import record_url
from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo
from demo.screenshots.camera import Camera, load_until

_OPERATOR = "o.petit"
_FAILURES = "/exploitation/echecs"
_RECOVERY = "SELECT workflow_id FROM progress WHERE workflow_id LIKE %s AND fault LIKE %s ORDER BY 1 LIMIT 1"
_REASON = "demandé par téléphone"


def take(camera: Camera, demo: Demo) -> None:
    """Save a picture of each act; all but the last stop at their confirmation."""
    page = camera.signed_in(_OPERATOR)
    failed = _address(demo, "code-de-vote/%", "sms:smpp-unbound")
    sent = _address(demo, "code-de-vote/%", "")
    _acts_on_one(camera, page, failed, sent)
    _confirmed(camera, page, sent, "debloquer-la-connexion", "act-unlock.png")
    identifier = _address(demo, "identifiant/%", "%")
    _confirmed(camera, page, identifier, "rendre-une-demande", "act-give-back.png")
    _acts_on_many(camera, page, demo)


def _address(demo: Demo, workflow_id: str, fault: str) -> str:
    """Return the path of a recovery whose id and fault match."""
    [(found,)] = fetch_rows(demo, _RECOVERY, workflow_id, fault)
    return record_url(str(found))


def _acts_on_one(camera: Camera, page: Page, failed: str, sent: str) -> None:
    page.goto(failed)
    camera.take("recovery.png", page.get_by_role("link", name="Relancer", exact=True))
    for act, name in (("relancer", "act-retry.png"), ("autre-passerelle", "act-other-gateway.png")):
        _confirmed(camera, page, failed, act, name)
    _confirmed(camera, page, sent, "annuler", "act-cancel.png")
    _confirmed(camera, page, sent, "prolonger", "act-extend.png")


def _confirmed(camera: Camera, page: Page, recovery: str, act: str, name: str) -> None:
    page.goto(f"{recovery}/actes/{act}")
    if page.locator("#f-gateway").count():
        page.locator("#f-gateway").select_option("brevo")
    if page.locator("#f-reason").count():
        page.locator("#f-reason").fill(_REASON)
    camera.take(name, page.locator("main form button[type=submit]"))


def _acts_on_many(camera: Camera, page: Page, demo: Demo) -> None:
    page.goto(_FAILURES)
    all_of_them = page.locator("fieldset", has_text="Pour tout ce qui est en échec")
    camera.take("failures.png", all_of_them.get_by_role("button", name="Relancer", exact=True))
    cause = page.locator("tbody tr", has_text="pas connecté à l’opérateur de SMS")
    cause.get_by_role("link", name="les voir").click()
    for number in (1, 2):
        page.locator(f"#id-{number}").check(force=True)  # its label is the box that is seen
    chosen = page.locator("fieldset", has_text="Pour les lignes choisies")
    camera.take("act-chosen.png", chosen.get_by_role("button", name="Relancer", exact=True))
    page.goto(_FAILURES)
    all_of_them.get_by_role("button", name="Relancer", exact=True).click()
    page.locator("#f-reason").fill("opérateur rétabli")
    order = page.locator("main form button[type=submit]")
    camera.take("act-all.png", order)
    demo.gateways(sms="down")  # for it to be under way in the next picture
    order.click()
    load_until(page.get_by_role("button", name="Suspendre"))
    camera.take("act-progress.png", page.get_by_role("button", name="Suspendre"))
    demo.gateways(sms="ok")
