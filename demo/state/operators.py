"""The fictional operators of the console: one for each of three roles, and a second person of the administration."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class DemoOperator:
    """A fictional operator, who signs in without a password."""

    login: str
    name: str
    role: str


OPERATORS = (
    DemoOperator("a.moreau", "Ambre Moreau", "assistance"),
    DemoOperator("o.petit", "Octave Petit", "operateur"),
    DemoOperator("v.garnier", "Vera Garnier", "administration"),
    DemoOperator("n.roussel", "Nour Roussel", "administration"),
)


def as_json() -> list[dict[str, str]]:
    """Return them as `/demo/operators.json` does."""
    return [asdict(each) for each in OPERATORS]
