"""What pages say of the data that count as a proof in an election, in French."""

from dataclasses import dataclass

from election.procedures import Procedure
from election.rules.proofs import Datum, ProofDatum
from election.settings import Election


@dataclass(frozen=True)
class _DatumTexts:
    label: str
    name: str
    asked: str
    hint: str


@dataclass(frozen=True)
class ProofTexts:
    """The texts of the one field for a proof.

    `label` and `hint` are the field's; `named` follows a verb (« votre NUMEN ou votre numéro de sécurité sociale »);
    `asks_numen` is whether any procedure of the election asks the NUMEN, `other_than_numen` names what may stand for it;
    `missing`, `wrong_shape` and `wrong` are the sentences for an empty field, for one of another shape, and for answers
    that do not match.
    """

    label: str
    hint: str
    named: str
    missing: str
    wrong_shape: str
    wrong: str
    asks_numen: bool
    other_than_numen: str


def proof_texts(election: Election) -> ProofTexts:
    """Return the texts for the data that the election's file names, and no others."""
    proofs = election.voting_code_recovery.proofs
    asked = {datum: _texts(datum, election.proof_datum) for datum in proofs}
    texts, hint = list(asked.values()), _hint(list(asked.values()))
    named = " ou ".join(f"votre {each.name}" for each in texts)
    others = [each.asked for datum, each in asked.items() if datum is not Datum.NUMEN]
    return ProofTexts(
        label=_capitalised(" ou ".join(each.label for each in texts)),
        hint=hint,
        named=named,
        missing=f"Indiquez {' ou '.join(each.asked for each in texts)}.",
        wrong_shape=f"Cette réponse n’a pas la forme attendue. {hint}",
        wrong=f"Ces réponses ne correspondent pas. Vérifiez votre réponse secrète et {named}, puis recommencez.",
        asks_numen=_asks_numen(election),
        other_than_numen=" ou ".join(others) if Datum.NUMEN in proofs else "",
    )


def _asks_numen(election: Election) -> bool:
    for_code = Procedure.VOTING_CODE in election.procedures and Datum.NUMEN in election.voting_code_recovery.proofs
    return for_code or bool({Procedure.IDENTIFIER, Procedure.IDENTIFIER_AND_PASSWORD} & set(election.procedures))


def _hint(texts: list[_DatumTexts]) -> str:
    if len(texts) == 1:
        return _capitalised(f"{texts[0].hint}.")
    return " ".join(f"{_capitalised(each.name)}\u00a0: {each.hint}." for each in texts)


def _texts(datum: Datum, other: ProofDatum | None) -> _DatumTexts:
    if datum is Datum.NUMEN:
        return _DatumTexts(
            "NUMEN",
            "NUMEN",
            "votre NUMEN",
            "13 caractères, comme 12A3456789BCD\u202f; le secrétariat de votre établissement le connaît",
        )
    if datum is Datum.NIR:
        return _DatumTexts(
            "n° de sécurité sociale (10 premiers caractères)",
            "numéro de sécurité sociale",
            "les 10 premiers caractères de votre numéro de sécurité sociale",
            "les 10 premiers caractères, comme 2 85 05 78 006",
        )
    if other is None:
        raise LookupError(datum)
    return _DatumTexts(other.label, other.label, f"votre {other.label}", other.hint.rstrip("."))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
