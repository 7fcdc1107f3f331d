"""Labels, hints, errors, guides and questions name the data that count in the election, and no others."""

from itertools import chain, combinations
from pathlib import Path

import pytest

from activities.config.clock import utc_now
from election.procedures import Procedure
from election.rules.proofs import Alphabet, Datum, ProofDatum
from election.settings import Election, load
from election.verdicts import Verdict
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES
from tests.support.typography import faults
from web.forms import challenge
from web.forms.submitted_form import Form
from web.presenters import sentences
from web.presenters.offer import offer_of
from web.presenters.procedures import voting_code
from web.presenters.proof_texts import ProofTexts, proof_texts

BADGE = ProofDatum(
    label="numéro de badge",
    hint="Au dos du badge, comme B04217.",
    alphabet=Alphabet.LETTERS_AND_DIGITS,
    min_length=6,
    max_length=6,
)
NAMES = {Datum.NUMEN: "NUMEN", Datum.NIR: "sécurité sociale", Datum.OTHER: "numéro de badge"}
RIGHT = {Datum.NUMEN: "12A3456789BCD", Datum.NIR: "2 85 05 78 006", Datum.OTHER: "b 04217"}
CHOICES = list(chain.from_iterable(combinations(Datum, size) for size in (1, 2, 3)))


def _election(proofs: tuple[Datum, ...]) -> Election:
    known = load(Path("election/2022.toml"))
    rules = known.voting_code_recovery.model_copy(update={"proofs": proofs})
    datum = BADGE if Datum.OTHER in proofs else None
    return known.model_copy(update={"voting_code_recovery": rules, "proof_datum": datum})


def _sentences(texts: ProofTexts) -> list[str]:
    return [texts.label, texts.hint, texts.named, texts.missing, texts.wrong_shape, texts.wrong]


def _named(text: str) -> set[Datum]:
    return {datum for datum, name in NAMES.items() if name.lower() in text.lower()}


@pytest.mark.parametrize("proofs", CHOICES)
def test_every_text_names_what_counts_and_nothing_else(proofs: tuple[Datum, ...]) -> None:
    """In correct French; the choice of the proof and the refusal too."""
    election = _election(proofs)
    texts, offer = proof_texts(election), offer_of(election, has_provider=False)
    told = [*_sentences(texts), voting_code.challenge_choice(texts.named, offer.code_channels)["text"]]
    told.append(sentences.refusal(Procedure.VOTING_CODE, Verdict.WRONG_PROOF, None, election, utc_now()))
    # A hint of one datum needs no name.
    nameless = {texts.hint, texts.wrong_shape} if len(proofs) == 1 else set()
    assert {text: _named(text) for text in told if text not in nameless} == {
        text: set(proofs) for text in told if text not in nameless
    }
    assert all(_named(text) <= set(proofs) for text in nameless)
    assert not [fault for text in told for fault in faults(text)]


@pytest.mark.parametrize("proofs", CHOICES)
def test_the_pages_name_what_counts_and_nothing_else(proofs: tuple[Datum, ...]) -> None:
    """The form, and the guide and the questions of the help page, in an election of 2022's procedures."""
    pages = open_pages(_election(proofs))
    template, context = PAGES["challenge"]
    asked = pages.text(template, **context).split("<main", 1)[1]
    guide = pages.text("guides/voting_code.html", window_seconds=120)
    questions = pages.text("questions.html")
    assert _named(asked) == _named(guide) == set(proofs)
    assert _named(questions) == set(proofs)


@pytest.mark.parametrize("proofs", CHOICES)
def test_a_form_takes_what_counts_and_nothing_else(proofs: tuple[Datum, ...]) -> None:
    """A datum that the election does not ask for has a wrong shape."""
    election = _election(proofs)
    for datum, typed in RIGHT.items():
        form = Form({"answer": "Châtaigne", "proof": typed})
        right = challenge.proofs_of(form, {}, election)
        assert ("proof" in right) == (datum in proofs), typed
        assert form.errors.get("proof") == (None if datum in proofs else proof_texts(election).wrong_shape)


def test_an_empty_field_says_what_to_give() -> None:
    """The sentence is that of a missing proof, not of a wrong shape."""
    election = _election((Datum.NUMEN,))
    form = Form({"answer": "Châtaigne"})
    assert challenge.proofs_of(form, {}, election) == {"answer": "Châtaigne"}
    assert form.errors["proof"] == "Indiquez votre NUMEN."
