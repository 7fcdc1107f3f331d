"""Settings that belong together: some of them without the others are a fault of the settings, not a gateway that is away."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Together:
    """Settings of which all are `needed` as soon as one of them is given, or one of the `others`."""

    needed: tuple[str, ...]
    others: tuple[str, ...] = ()

    def faults(self, settings: object) -> list[str]:
        """Return a sentence for each variable that is missing; an empty one is not given."""
        given = [name for name in (*self.needed, *self.others) if getattr(settings, name)]
        missing = [name for name in self.needed if given and name not in given]
        return [f"{variable(name)} is not set, which {variable(given[0])} needs" for name in missing]


def variable(name: str) -> str:
    """Return the variable of the environment that a setting is read from."""
    return f"REASSORT_{name.upper()}"
