"""The list of départements of birth."""

import re

from election.proofs import nir
from election.proofs.departments import DEPARTMENTS


def test_every_code_is_one_that_a_nir_may_have() -> None:
    """Two characters, Corsica before and after 1976, overseas and abroad; each with its own label."""
    assert all(re.fullmatch(r"\d{2}|2[AB]", code) for code in DEPARTMENTS)
    assert set(DEPARTMENTS) >= {f"{number:02}" for number in range(1, 100)} | {"2A", "2B"}
    assert len(set(DEPARTMENTS.values())) == len(DEPARTMENTS)
    assert all(label.strip() for label in DEPARTMENTS.values())


def test_the_list_is_in_the_order_of_numbers() -> None:
    """Corsica is where 20 would be."""
    codes = list(DEPARTMENTS)
    corsica = codes.index("2A")
    assert codes[corsica - 1 : corsica + 4] == ["19", "2A", "2B", "20", "21"]
    rest = [code for code in codes if code not in {"2A", "2B"}]
    assert rest == sorted(rest)


def test_the_department_of_a_nir_is_in_the_list() -> None:
    """The form sends what the roll has."""
    assert nir.department("2850575056") in DEPARTMENTS
    assert DEPARTMENTS[nir.department("185052A004")] == "Corse-du-Sud"
