"""A form as it is read: what was typed is folded, passwords and hidden fields are not."""

from urllib.parse import urlencode

import pytest
from fastapi import Request

from tests.election.text.test_folding import SPACES, UNSEEN
from web.context.form_tokens import CsrfError
from web.forms import submitted_form

FIELDS = (
    "identifier",
    "voting_code",
    "code",
    "answer",
    "proof",
    "numen",
    "birth_date",
    "phone",
    "email",
    "email_again",
    "reply_to",
    "captcha",
    "message",
)


def _request(**typed: str) -> Request:
    body = urlencode(typed).encode()
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


@pytest.mark.parametrize("name", FIELDS)
async def test_a_field_is_read_without_what_cannot_be_seen(name: str) -> None:
    """Every field of every form, whatever was pasted around it or inside."""
    form = await submitted_form.read(_request(**{name: f"\u202ac{UNSEEN}1\u2011{SPACES[0]}2\u202c\ufeff{SPACES}"}))
    assert form[name] == "c1- 2"
    assert form.is_valid


async def test_the_length_is_counted_without_what_cannot_be_seen() -> None:
    """Nobody is told that an answer is too long for characters that are not there."""
    assert (await submitted_form.read(_request(answer="a" + "\u200b" * 300))).is_valid
    assert not (await submitted_form.read(_request(answer="a" * 301))).is_valid


@pytest.mark.parametrize("name", ["password", "confirmation"])
async def test_a_password_is_read_as_it_was_typed(name: str) -> None:
    """Its spaces and invisible characters are its elector's."""
    assert (await submitted_form.read(_request(**{name: " a\u200b\u2011 "})))[name] == " a\u200b\u2011 "


@pytest.mark.parametrize(("name", "length"), [("csrf", 64), ("form_id", 32), ("captcha_id", 64)])
async def test_a_hidden_field_is_not_folded(name: str, length: int) -> None:
    """We made it: with anything else in it, the form is not ours."""
    assert (await submitted_form.read(_request(**{name: "0" * length})))[name] == "0" * length
    with pytest.raises(CsrfError):
        await submitted_form.read(_request(**{name: "0" * length + "\u200b"}))


def test_what_must_be_typed_again_is_named() -> None:
    """Beside another field's error, and neither when it is kept, nor when it is what was wrong."""
    typed = {"identifier": "c@ac-lyon.fr", "password": "Craie", "numen": "12A3456789BCD", "captcha": "1"}
    wrong = {"captcha": "Recopiez les chiffres."}
    assert submitted_form.Form(typed, wrong).lost == ["votre mot de passe", "votre NUMEN"]
    assert submitted_form.Form(typed, wrong, kept=frozenset({"numen"})).lost == ["votre mot de passe"]
    assert submitted_form.Form(typed, {**wrong, "numen": "Treize caractères."}).lost == ["votre mot de passe"]
    assert submitted_form.Form(typed, general_error="Trop d’essais.").lost == []
    assert submitted_form.Form({"identifier": "c@ac-lyon.fr"}, wrong).lost == []


def test_an_empty_field_takes_what_the_draft_has() -> None:
    """A field that was typed again keeps what was typed."""
    form = submitted_form.Form({"answer": " ", "proof": "12A3456789BCD"})
    form.keep({"answer": "Châtaigne", "proof": "14E0912345ABC", "phone": "06"}, "answer", "proof")
    assert form.typed == {"answer": "Châtaigne", "proof": "12A3456789BCD"}
