"""Every reason that our code gives has a cause of its own, in correct French."""

import ast
import re
from pathlib import Path

import pytest

from activities.gateways.sms.smpp_codes import INTERMEDIATE, Meaning, MessageState, Status, meaning_of
from election.causes import CauseKind, cause_of
from election.faults import mail, portal, providers, smpp
from tests.support.fault_table import DOCUMENT, fault_table, written_table
from tests.support.typography import faults

_ROOT = Path(__file__).parents[2]
# A reason in the code, or the constant part of one.
_REASON = re.compile(r"(?:smpp|smtp|http|bounce|gateway)-[\w.-]*|acceptance-forged|envelope-closed")
_FAILED_STATES = set(MessageState) - INTERMEDIATE - {MessageState.DELIVRD}
_CODES = [
    *(f"smpp-0x{status:08X}" for status in (*smpp.STATUSES, 0x412)),
    *(f"smpp-bind-0x{status:08X}" for status in (0x05, 0x0D, 0x0E, 0x0F, 0x53, 0x09)),
    *(f"smpp-{state.name.lower()}{error}" for state in _FAILED_STATES for error in ("", "-1", "-027", "-A12")),
    *(
        f"smtp-{code}"
        for code in (*mail.CODES, 456, 560, "connect", "timeout", "session", "tls", "address", "busy")
    ),
    *(
        f"{kind}-{code}"
        for kind in ("smtp-550", "smtp-451", "bounce")
        for code in ("4.2.2", "5.1.1", "5.7.26", "5.9.9")
    ),
    *(
        f"http-{code}"
        for code in (400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 503, "connect", "timeout", "tls")
    ),
    *(
        "http-busy",
        "http-disconnected",
        "http-undelivered-17",
        "http-session-not_enough_credits",
        "gateway-suspended",
    ),
    *(f"http-refused-{code}" for code in providers.TWILIO),
    *(
        f"http-{word}"
        for word in ("refused", "session", "invalid", "undelivered", "failed", "rejected", "hardbounce")
    ),
    *(f"smtp-account-{code}" for code in (530, 535, 550, 554)),
    *("bounce-unknown", "roll", *portal.CODES, "RuntimeError"),
]


def _reasons_in_code() -> set[str]:
    files = [
        path
        for room in ("gateways", "routing", "sending", "bounces")
        for path in (_ROOT / "activities" / room).rglob("*.py")
    ]
    texts = [
        node.value
        for path in (*files, _ROOT / "workflows" / "contracts" / "genuine_sends.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    # One that ends in a hyphen begins a pattern, of which `_CODES` has examples.
    return {text for text in texts if _REASON.fullmatch(text) and not text.endswith(("-", "-0x"))}


def test_every_reason_that_our_code_gives_has_a_cause() -> None:
    """Those that stand in the code of gateways and sends, and every status, state and code that they are made of."""
    reasons = _reasons_in_code()
    assert {"smpp-unbound", "smtp-address", "acceptance-forged", "envelope-closed"} <= reasons
    unknown = [code for code in (*reasons, *_CODES) if cause_of(f"sms:{code}").kind is CauseKind.UNKNOWN]
    assert unknown == []


@pytest.mark.parametrize(
    "fault", ["sms:unknown", "email:unknown", "sms:", "", "x:y", "email:recording-refused", "sms:a:b"]
)
def test_a_code_that_nobody_knows_has_a_cause_too(fault: str) -> None:
    """It may be sent again, and its code is in the sentence."""
    cause = cause_of(fault)
    assert (cause.kind, cause.retry_helps) == (CauseKind.UNKNOWN, True)
    assert cause.code in {"unknown", ""} or f"`{cause.code}`" in cause.sentence


def test_every_sentence_is_correct_french() -> None:
    """It is a sentence, for operators and for voters, and so is what operators do about it."""
    others = ("timeout", "DataError", "Other")
    for fault in (
        *_CODES,
        *(f"database:{each}" for each in others),
        "sms:unknown",
        "email:x-busy",
        "smpp-too-long",
    ):
        cause = cause_of(fault)
        for sentence in (cause.sentence, cause.advice, cause.voter_sentence or "Rien de sûr."):
            assert sentence.endswith("."), fault
            assert faults(re.sub("`[^`]*`", "…", sentence)) == [], fault
        assert faults(cause.kind.label) == []


def test_a_status_has_the_class_by_which_the_gateway_acts() -> None:
    """The gateway retries what is « not now », and binds again where the session is of no use."""
    kinds = {Meaning.NOT_NOW: CauseKind.NOT_NOW, Meaning.SESSION_UNUSABLE: CauseKind.SESSION}
    for status in (*smpp.STATUSES, 0x412):
        expected = kinds.get(meaning_of(status), CauseKind.MESSAGE_REFUSED)
        assert cause_of(f"smpp-0x{status:08X}").kind is expected
    assert {*Status} - {Status.ESME_ROK} <= set(smpp.STATUSES)


@pytest.mark.parametrize(
    ("fault", "retry_helps", "words"),
    [
        ("sms:smpp-0x0000000B", False, "ce numéro"),
        ("sms:smpp-undeliv-1", False, "numéro non attribué"),
        ("sms:smpp-undeliv-027", True, "téléphone éteint"),
        ("email:smtp-550-5.1.1", False, "Cette boîte n’existe pas"),
        ("email:bounce-4.2.2", True, "pleine"),
        ("email:bounce-5.7.26", True, "SPF"),
        ("email:smtp-535", True, "mot de passe"),
        ("sms:http-402", True, "crédit"),
        ("database:DatabaseUnavailableError", True, "base de données"),
        ("email:envelope-closed", False, "clé"),
    ],
)
def test_a_cause_says_what_is_wrong_and_whether_a_retry_helps(fault: str, retry_helps: bool, words: str) -> None:
    """Some that operators meet most."""
    cause = cause_of(fault)
    assert cause.retry_helps is retry_helps
    assert words in cause.sentence


def test_the_table_of_faults_is_that_of_the_code() -> None:
    """docs/faults.md has the words that the console shows; `python -m tests.support.fault_table` writes them."""
    assert written_table(DOCUMENT.read_text(encoding="utf-8")) == fault_table()
