"""The pages that the law asks for, without an audit and with one."""

from datetime import date
from pathlib import Path

from election.rules.legal import AccessibilityAudit, LegalBasis, State
from election.settings import load
from tests.support.sample_values import Page, frame
from web.presenters.legal import personal_data
from web.presenters.legal.accessibility import STATE_WORDS, TESTED
from web.presenters.offer import offer_of

_ELECTION = load(Path(__file__).parents[2] / "election" / "demo.toml")
_OFFER = offer_of(_ELECTION, has_provider=True)
AUDIT = AccessibilityAudit(
    by="Cabinet de démonstration",
    day=date(2026, 11, 1),
    rgaa="4.1.2",
    rate=72.5,
    pages=("Accueil", "Connexion"),
    environments=("Firefox 144 et NVDA 2026.1",),
    tools=("Inspecteur de code",),
)
_DECLARED = _ELECTION.legal.accessibility
_AUDITED = _DECLARED.model_copy(
    update={
        "state": State.PARTIALLY_COMPLIANT,
        "audit": AUDIT,
        "failures": ("Le compte à rebours n’est pas annoncé.",),
        "burdens": ("Les archives de 2011.",),
        "exempt": ("Les cartes.",),
        "plan": "https://elections.exemple.fr/schema",
    }
)
_PAGE = frame(
    elector_name=None, established="29 novembre 2026", tested=TESTED, site_url="https://elections.exemple.fr"
)

PAGES: dict[str, Page] = {
    "accessibility": ("accessibility.html", {**_PAGE, "declared": _DECLARED, "audited": None, "rate": None}),
    "accessibility, audited": (
        "accessibility.html",
        {
            **_PAGE,
            "declared": _AUDITED,
            "audited": "1er novembre 2026",
            "rate": "72,5\u00a0%",
            "accessibility_state": STATE_WORDS[_AUDITED.state],
        },
    ),
    "legal notice": ("legal_notice.html", frame(elector_name=None)),
    "personal data": (
        "personal_data.html",
        frame(
            elector_name=None,
            roll=(personal_data.ROLL_IN_CLEAR, personal_data.ROLL_HASHED),
            secrets=personal_data.own_secrets(_ELECTION, _OFFER),
            recipients=personal_data.recipients(_ELECTION, _OFFER),
            kept=personal_data.kept_data(_ELECTION, _OFFER),
            rights=personal_data.rights(LegalBasis.PUBLIC_TASK),
        ),
    ),
    "cookies": (
        "cookies.html",
        frame(cookies=[("__Host-demande-identifiant", "Garde ce que vous avez tapé.", "15\u00a0minutes au plus")]),
    ),
}
