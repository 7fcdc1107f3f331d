"""The list of départements of birth."""

import re

from election.proofs import nir
from election.proofs.departments import DEPARTMENTS


def test_every_code_can_be_part_of_a_nir() -> None:
    """Codes have two characters, with Corsica before and after 1976, overseas and abroad; labels are unique."""
    assert all(re.fullmatch(r"\d{2}|2[AB]", code) for code in DEPARTMENTS)
    assert set(DEPARTMENTS) >= {f"{number:02}" for number in range(1, 100)} | {"2A", "2B"}
    assert len(set(DEPARTMENTS.values())) == len(DEPARTMENTS)
    assert all(label.strip() for label in DEPARTMENTS.values())


def test_the_list_is_sorted_with_corsica_at_20() -> None:
    """By number, with 2A and 2B before 20."""
    codes = list(DEPARTMENTS)
    corsica = codes.index("2A")
    assert codes[corsica - 1 : corsica + 4] == ["19", "2A", "2B", "20", "21"]
    rest = [code for code in codes if code not in {"2A", "2B"}]
    assert rest == sorted(rest)


def test_the_department_of_a_nir_is_in_the_list() -> None:
    """A NIR's département has the same code as in the list."""
    assert nir.department("2850575056") in DEPARTMENTS
    assert DEPARTMENTS[nir.department("185052A004")] == "Corse-du-Sud"
