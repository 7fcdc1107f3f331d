"""A mould filled with a link is what the template renders of it, to the byte."""

from pathlib import Path

import pytest

from activities.config.clock import utc_now
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.mime import compose
from activities.mailings.mould import Mould
from activities.sending_services import build_texts
from activities.texts.messages import MailText
from election.settings import load

_ADDRESSES = ["https://elections.exemple.fr", "https://a.fr:8443/sous-dossier", "http://127.0.0.1:8000"]


@pytest.mark.parametrize("address", _ADDRESSES)
@pytest.mark.parametrize("file", ["2011", "demo"])
def test_a_filled_mould_is_the_rendered_mail(file: str, address: str) -> None:
    """Text, HTML and the composed mail, with its soft line breaks."""
    texts = build_texts(load(Path("election") / f"{file}.toml"), address)

    def render(link: str) -> MailText:
        return texts.mail("identifier_and_password_link", link=link, expires_at="jeudi à 17 h")

    link, now = f"{address}/lien/zyxwvtsrqpnmkjhgfedcba9876", utc_now()
    filled, rendered = Mould(render).filled(link), render(link)
    assert filled == rendered
    mails = [MailMessage("id", "a@ac-lyon.fr", each.subject, each.text, each.html) for each in (filled, rendered)]
    wires = [compose(mail, "n@vote.fr", "vote.fr", now) for mail in mails]
    assert wires[0] == wires[1]
    assert link in filled.text
