"""The election's own translations, beside those of the product."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ValidationInfo, field_validator

from election.text.translation import TRANSLATED

# In the validation's context: the folder of the election's file.
FOLDER = "folder"


def _translated(code: str) -> str:
    if code not in TRANSLATED:
        raise ValueError(
            f"`{code}` is no language of these pages: write {' or '.join(f'`{each}`' for each in TRANSLATED)}"
        )
    return code


class LanguageRules(BaseModel, frozen=True, extra="forbid"):
    """The catalogue that an election adds to a language: its name, its organiser, or other words for what pages say.

    A path is relative to the election's file.
    """

    catalogues: dict[Annotated[str, AfterValidator(_translated)], Path] = {}

    @field_validator("catalogues")
    @classmethod
    def _beside_the_file(cls, paths: dict[str, Path], info: ValidationInfo) -> dict[str, Path]:
        folder = (info.context or {}).get(FOLDER, Path())
        found = {code: folder / path for code, path in paths.items()}
        missing = [str(path) for path in found.values() if not path.is_file()]
        if missing:
            raise ValueError(
                f"there is no file {missing[0]}: write the path of a `.po` file, relative to this one"
            )
        return found
