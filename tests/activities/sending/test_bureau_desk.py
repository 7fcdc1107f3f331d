"""The bureau is told of acts that touch many, at each address of the election's file."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError

from activities.gateways.recording import GatewayMode, RecordingMail
from activities.sending.bureau_desk import BureauDesk, BureauNews, Deed
from election.rules.bureau import BureauRules
from election.settings import Election
from tests.support.mail_texts import texts_of
from tests.support.typography import faults

NEWS = BureauNews(
    "act-1", Deed.RETRY, "Dominique Exemple", 10_000, datetime(2026, 12, 4, 9, tzinfo=UTC), "relais rétabli", 2
)


@pytest.fixture
def mail() -> RecordingMail:
    """A mail gateway that records its messages."""
    return RecordingMail()


@pytest.fixture
def desk(election: Election, mail: RecordingMail) -> BureauDesk:
    """The desk of an election whose bureau has two addresses."""
    told = election.model_copy(update={"bureau": BureauRules(emails=("bureau@exemple.fr", "expert@exemple.fr"))})
    return BureauDesk(texts_of(told), told, mail)


async def test_each_address_reads_who_has_ordered_what_and_why(desk: BureauDesk, mail: RecordingMail) -> None:
    """With the number and the instant, in French."""
    for place in range(3):  # the third is none
        await desk.tell_bureau(BureauNews(**{**vars(NEWS), "place": place}))
    assert [sent.to for sent in mail.sent] == ["bureau@exemple.fr", "expert@exemple.fr"]
    for body in (mail.sent[0].text, mail.sent[0].html):
        for told in ("Relance en nombre", "Dominique Exemple", "10\u202f000", "relais rétabli", "4 décembre 2026"):
            assert told in body
    assert faults(mail.sent[0].text) == []


async def test_what_else_there_is_to_say_stands_in_a_line_of_its_own(
    desk: BureauDesk, mail: RecordingMail
) -> None:
    """Of a file of the roll; elsewhere there is no such line. Each deed has its sentence."""
    for deed in Deed:
        await desk.tell_bureau(replace(NEWS, deed=deed))
    assert not [sent for sent in mail.sent if "Précisions" in sent.text + sent.html]
    await desk.tell_bureau(replace(NEWS, deed=Deed.ROLL_REMOVE, reason="", details="à retirer\u00a0: 3"))
    for body in (mail.sent[-1].text, mail.sent[-1].html):
        for told in (
            "Retrait d’électeurs de la liste",
            "Précisions\u00a0: à retirer\u00a0: 3",
            "aucune n’est donnée",
        ):
            assert told in body
    assert "\n\n\n" not in mail.sent[-1].text
    assert faults(mail.sent[-1].text) == []


async def test_a_refusal_is_tried_again(desk: BureauDesk, mail: RecordingMail) -> None:
    """Somebody mends the address while the mail waits."""
    mail.mode = GatewayMode.REFUSE
    with pytest.raises(ApplicationError) as refused:
        await desk.tell_bureau(NEWS)
    assert not refused.value.non_retryable
