"""What pages say of the data that count as a proof in an election."""

from collections.abc import Mapping
from dataclasses import dataclass

from election.rules.proofs import Datum, ProofDatum
from election.settings import Election
from election.text.translation import gettext as _
from election.text.translation import ngettext
from web.presenters.enumeration import either


@dataclass(frozen=True)
class _DatumTexts:
    label: str
    name: str
    named: str
    asked: str
    hint: str


@dataclass(frozen=True)
class ProofTexts:
    """The texts of the one field for a proof, each in the language that is spoken when it is read."""

    election: Election

    @property
    def label(self) -> str:
        """The field's label."""
        return _capitalised(either([each.label for each in self._texts.values()]))

    @property
    def hint(self) -> str:
        """The field's hint."""
        texts = list(self._texts.values())
        if len(texts) == 1:
            return _capitalised(f"{texts[0].hint}.")
        told = [_("{name}\u00a0: {hint}.").format(name=_capitalised(each.name), hint=each.hint) for each in texts]
        return " ".join(told)

    @property
    def named(self) -> str:
        """The data, as they follow a verb: « votre NUMEN ou votre numéro de sécurité sociale »."""
        return either([each.named for each in self._texts.values()])

    @property
    def missing(self) -> str:
        """The sentence for an empty field."""
        return _("Indiquez {asked}.").format(asked=either([each.asked for each in self._texts.values()]))

    @property
    def wrong_shape(self) -> str:
        """The sentence for a field of another shape."""
        return _("Cette réponse n’a pas la forme attendue. {hint}").format(hint=self.hint)

    @property
    def wrong(self) -> str:
        """The sentence for answers that do not match."""
        return _(
            "Ces réponses ne correspondent pas. Vérifiez votre réponse secrète et {named}, puis recommencez."
        ).format(named=self.named)

    @property
    def other_than_numen(self) -> str:
        """What may stand for the NUMEN; empty where it does not count, or nothing else does."""
        others = [each.asked for datum, each in self._texts.items() if datum is not Datum.NUMEN]
        return either(others) if others and Datum.NUMEN in self._texts else ""

    @property
    def _texts(self) -> Mapping[Datum, _DatumTexts]:
        election = self.election
        return {datum: _texts(datum, election.proof_datum) for datum in election.voting_code_recovery.proofs}


def proof_texts(election: Election) -> ProofTexts:
    """Return the texts for the data that the election's file names, and no others."""
    return ProofTexts(election)


def forgotten_answer(tries: int) -> str:
    """Return what follows the refusal of a secret answer: how many tries are left before a wait, and where help is."""
    forgotten = _(
        "Si vous avez oublié la réponse secrète, le lien «\u00a0Réponse oubliée\u202f?\u00a0» dit ce que vous pouvez faire."
    )
    if tries == 0:
        return forgotten
    left = ngettext(
        "Il vous reste {count} essai avant une attente.", "Il vous reste {count} essais avant une attente.", tries
    )
    return f"{left.format(count=tries)} {forgotten}"


def _texts(datum: Datum, other: ProofDatum | None) -> _DatumTexts:
    if datum is Datum.NUMEN:
        numen = _("votre NUMEN")
        hint = _("13 caractères, comme 12A3456789BCD\u202f; le secrétariat de votre établissement le connaît")
        return _DatumTexts("NUMEN", "NUMEN", numen, numen, hint)
    if datum is Datum.NIR:
        return _DatumTexts(
            _("n° de sécurité sociale (10 premiers caractères)"),
            _("numéro de sécurité sociale"),
            _("votre numéro de sécurité sociale"),
            _("les 10 premiers caractères de votre numéro de sécurité sociale"),
            _("les 10 premiers caractères, comme 2\u00a085\u00a005\u00a078\u00a0006"),
        )
    if other is None:
        raise LookupError(datum)
    label = _(other.label)
    named = _("votre {label}").format(label=label)
    return _DatumTexts(label, label, named, named, _(other.hint).rstrip("."))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
