"""The documents agree with the code: settings, commands, files, links and numbers."""

import re
import shutil
import subprocess
import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, SecretStr, TypeAdapter
from pydantic.fields import FieldInfo

from activities.config.settings import (
    ConsoleSettings,
    ExportSettings,
    FiguresSettings,
    ImportSettings,
    MailingSettings,
    MessagingSettings,
    RecoveriesSettings,
    RollImportSettings,
    WebSettings,
)
from demo.state.settings import DemoSettings
from election.settings import Election, load
from tests.support.typography import faults

_ROOT = Path(__file__).parent.parent
_DOCUMENTS = [*sorted(_ROOT.glob("*.md")), *sorted((_ROOT / "docs").glob("*.md"))]
_READERS: dict[str, type[BaseModel]] = {
    "web": WebSettings,
    "recoveries": RecoveriesSettings,
    "messaging": MessagingSettings,
    "roll": RollImportSettings,
    "console": ConsoleSettings,
    "import": ImportSettings,
    "figures": FiguresSettings,
    "export": ExportSettings,
    "mailing": MailingSettings,
    "demo": DemoSettings,
}
_ELSEWHERE = {
    *("Add Filter", "Pending Activities", "Save as New", "Timeline"),
    *("User Metadata", "Workflows", "Remises"),
}
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(#[^)\s]+)?\)")
_TARGET = re.compile(r"`make ([a-z-]+)`")
_FOLDERS = "election|activities|workflows|web|console|demo|benchmarks|tests|docs|requirements"
_PATH = re.compile(rf"`((?:{_FOLDERS})/[\w./*-]*|worker\.py)`")
_MODULE = re.compile(r"python -m ([a-z_]+(?:\.[a-z_]+)*)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _documented(text: str) -> dict[str, tuple[str, set[str]]]:
    """Return the default and the readers of each variable of the settings' table."""
    rows = re.findall(r"^\| `REASSORT_(\w+)` \| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    return {
        name: (default.strip().replace("`", ""), set(readers.strip().split(", ")))
        for name, default, readers in rows
    }


def _in_code() -> dict[str, tuple[str, set[str]]]:
    found: dict[str, tuple[str, set[str]]] = {}
    for reader, settings in _READERS.items():
        for name, field in settings.model_fields.items():
            default, readers = found.setdefault(name.upper(), (_default(field), set()))
            if reader == "demo" and default == "required":
                found[name.upper()] = (f"required; demo: {_default(field)}", readers)
            else:
                assert default == _default(field), f"{name} has two defaults"
            readers.add(reader)
    return found


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    assert not isinstance(field.default, SecretStr)  # no secret has a default
    return "none" if field.default is None else str(field.default)


def test_every_setting_is_documented() -> None:
    """Each variable has a row with its default and its readers, and each row has its variable."""
    documented = _documented((_ROOT / "docs" / "settings.md").read_text())
    in_code = {
        name: (default.lower() if default in {"True", "False"} else default, readers)
        for name, (default, readers) in _in_code().items()
    }
    assert documented == in_code


def _rows(text: str) -> dict[str, str]:
    """Return the defaults of each row of the election file's table, as TOML, by section."""
    table = text.partition("| section | content | defaults | limits |")[2]
    rows = re.findall(r"^\| (?:`\[?)?([\w()]+)(?:\]?`)? \| [^|]+ \| ([^|]+) \| [^|]*\|$", table, re.MULTILINE)
    return {section: "\n".join(re.findall("`([^`]+)`", defaults)) for section, defaults in rows}


def _sections() -> dict[str, type[BaseModel]]:
    kinds = {name: field.annotation for name, field in Election.model_fields.items()}
    kinds = {name: get_args(kind)[0] if get_args(kind) else kind for name, kind in kinds.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, BaseModel)}


def test_every_section_of_an_election_file_is_documented() -> None:
    """Each section of an election's file has a row, and each row its section."""
    text = (_ROOT / "docs" / "settings.md").read_text()
    assert set(re.findall(r"^\| `\[(\w+)\]` \|", text, re.MULTILINE)) == set(_sections())


def _as_written(model: type[BaseModel], defaults: str) -> dict[str, object]:
    """Return what the keys of a row mean in a file; a key or value that the section does not take raises ValueError."""
    written = tomllib.loads(defaults)
    unknown = set(written) - set(model.model_fields)
    assert not unknown, f"{model.__name__} has no {unknown}"
    return {key: _validated(model.model_fields[key], value) for key, value in written.items()}


def _validated(field: FieldInfo, value: object) -> object:
    kind: Any = Annotated[field.annotation, field]
    return TypeAdapter(kind).validate_python(value)


def _wrong_defaults(text: str) -> dict[str, tuple[object, object]]:
    """Return each section whose row says other defaults than the code has; a default that is empty needs no key."""
    rows, top = _rows(text), {"(top)": "time_zone", "procedures": "procedures"}
    sections: dict[str, type[BaseModel]] = {**_sections(), **dict.fromkeys(top, Election)}
    wrong: dict[str, tuple[object, object]] = {}
    for section, model in sections.items():
        said = _as_written(model, rows[section])
        meant = {
            key: field.default
            for key, field in model.model_fields.items()
            if not field.is_required() and field.default not in (None, "", {}) and top.get(section, key) == key
        }
        if said != meant:
            wrong[section] = (said, meant)
    return wrong


def test_every_default_of_an_election_file_is_documented() -> None:
    """Each row has the keys with a default, as they would be written in the file, and nothing else."""
    assert _wrong_defaults((_ROOT / "docs" / "settings.md").read_text()) == {}


@pytest.mark.parametrize(
    ("row", "changed", "section"),
    [
        ('`email_lifetime = "PT24H"`', '`email_lifetime = "PT23H"`', "links"),
        ("`max_sends = 8`, ", "", "delivery"),
        ("`challenge_question = false`", "`challenge_question = true`", "voting_code_recovery"),
        ('`procedures = ["voting-code"]`', '`procedures = ["password"]`', "procedures"),
    ],
)
def test_a_wrong_default_of_an_election_file_is_found(row: str, changed: str, section: str) -> None:
    """One that differs from the code's, or is missing."""
    text = (_ROOT / "docs" / "settings.md").read_text()
    assert set(_wrong_defaults(text.replace(row, changed))) == {section}


def test_every_target_is_documented() -> None:
    """README or CONTRIBUTING names each target of the Makefile, and no document names another."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (_ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {document.name: set(_TARGET.findall(document.read_text())) for document in _DOCUMENTS}
    assert named["README.md"] | named["CONTRIBUTING.md"] == targets
    assert set().union(*named.values()) == targets


def test_help_lists_every_target() -> None:
    """`make help` prints a line for each target that has a description."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed here")
    printed = subprocess.run(
        [make, "--no-print-directory", "help"], cwd=_ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = re.findall(r"^([a-z-]+):.*## ", (_ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in printed.splitlines()] == targets


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_every_path_and_command_exists(document: Path) -> None:
    """A file or folder of the project that is named as code exists, and so does a module after `python -m`."""
    text = document.read_text()
    paths = [path for path in _PATH.findall(text) if "NAME" not in path]
    assert [path for path in paths if not list(_ROOT.glob(path.rstrip("/")))] == []
    modules = {module for module in _MODULE.findall(text) if module.partition(".")[0] not in {"pip", "pytest"}}
    assert [module for module in sorted(modules) if not _is_module(module)] == []


def _is_module(name: str) -> bool:
    path = _ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


def test_a_further_recovery_touches_ten_files() -> None:
    """adding-a-recovery.md lists ten existing files at most, and the example that it names is in each of them."""
    text = (_ROOT / "docs" / "adding-a-recovery.md").read_text()
    section = text.partition("## Existing files")[2].partition("## New files")[0]
    files = re.findall(r"^\| \[`([\w./]+)`\]", section, re.MULTILINE)
    assert 0 < len(files) <= 10
    assert [file for file in files if "password" not in (_ROOT / file).read_text().lower()] == []


def test_decisions_are_numbered_in_order() -> None:
    """Numbers start at 1 without a gap; each decision names its code, and each name is in the file given with it."""
    text = (_ROOT / "docs" / "decisions.md").read_text()
    numbers = [int(number) for number in re.findall(r"^### (\d+) · ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(re.findall(r"^Code: `", text, re.MULTILINE)) == len(numbers)
    named = re.findall(r"`([\w.]+)` in `([\w/.]+\.py)`", text)
    assert [name for name, file in named if name.split(".")[-1] not in (_ROOT / file).read_text()] == []


def test_every_room_is_in_the_architecture() -> None:
    """Each folder inside a floor has a row that says what is there, and each row its folder."""
    text = (_ROOT / "docs" / "architecture.md").read_text()
    rows = set(re.findall(r"^\| `(\w+/\w+)/` \|", text, re.MULTILINE))
    floors = ("election", "activities", "workflows", "web", "console")
    rooms = {
        path.parent.relative_to(_ROOT).as_posix()
        for floor in floors
        for path in _ROOT.glob(f"{floor}/*/__init__.py")
    }
    assert {row for row in rows if not row.startswith("demo/")} == rooms


def test_the_changelog_has_the_version() -> None:
    """The version of pyproject.toml has its section."""
    version = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}] - " in (_ROOT / "CHANGELOG.md").read_text()


def test_every_folder_is_in_the_readme() -> None:
    """Each top-level folder has a row with a link."""
    tops = {f"{path.name}/" for path in _ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    rows = set(re.findall(r"^\| \[`([\w./]+)`\]", (_ROOT / "README.md").read_text(), re.MULTILINE))
    assert tops - {"requirements/", "test-results/"} <= rows


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """Each link to the project leads to a file that exists, and to a heading that exists in it."""
    for target, heading in _LINK.findall(_FENCE.sub("", document.read_text())):
        if "://" in target or target.startswith("mailto:"):
            continue
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), f"{target} does not exist"
        if heading:
            assert heading[1:] in _headings(path), f"{target}{heading} does not exist"


def _headings(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_the_runbook_calls_pages_and_buttons_as_the_console_does() -> None:
    """Each name that is set in italics, but for those of the Temporal UI and of the figures' columns."""
    console = [*(_ROOT / "console").rglob("*.py"), *(_ROOT / "console" / "templates").glob("*.html")]
    text = " ".join("".join(path.read_text() for path in console).split())
    runbook = _FENCE.sub("", (_ROOT / "docs" / "operations.md").read_text())
    named = set(re.findall(r"(?<!\*)\*([A-ZÉ][^*\n|]+)\*(?!\*)", runbook))
    assert len(named) > len(_ELSEWHERE) + 15
    assert {name for name in named if f">{name}<" not in text and f'"{name}"' not in text} == _ELSEWHERE


def test_the_support_desk_s_document_has_french_typography() -> None:
    """The sentences of assistance.md follow the rules of French typography."""
    text = (_ROOT / "docs" / "assistance.md").read_text()
    sentences = re.sub(r"`[^`]*`|\]\([^)]*\)|[*#|\[\]-]{2,}", "X", text).splitlines()
    assert [fault for line in sentences for fault in faults(line)] == []


def test_what_is_quoted_has_its_no_break_spaces() -> None:
    """In every document, so that a search for what a page or a command says finds it."""
    assert [path.name for path in _DOCUMENTS if re.search("« | »", path.read_text())] == []


def test_the_readme_counts_the_recorded_histories() -> None:
    """Those that the tests replay."""
    number = len(list((_ROOT / "tests" / "workflows" / "replay" / "histories").iterdir()))
    assert f"{number} recorded histories are replayed" in (_ROOT / "README.md").read_text()


def test_every_asvs_requirement_of_level_1_and_2_is_judged_once() -> None:
    """Each has a row with its level, a judgement and why; the counts at the top are those of the rows."""
    text = (_ROOT / "docs" / "asvs.md").read_text()
    standard = (_ROOT / "tests" / "support" / "asvs_requirements.txt").read_text().splitlines()
    rows = re.findall(
        r"^\| ([\d.]+) \| ([12]) \| (met|partly|\*\*not\*\*|not applicable) \| (.+) \|$", text, re.MULTILINE
    )
    assert [f"{number} {level}" for number, level, _, _ in rows] == standard
    assert all(why.strip() for _, _, _, why in rows)
    counts = Counter(judgement.strip("*") for _, _, judgement, _ in rows)
    counted = f"Met {counts['met']}, partly {counts['partly']}, not {counts['not']}, not applicable {counts['not applicable']}."
    assert counted in text
    unmet = {number for number, _, judgement, _ in rows if judgement == "**not**"}
    named = text.partition("What is **not** met:")[2].partition("##")[0]
    assert set(re.findall(r"\((\d+\.\d+\.\d+)\)", named)) == unmet


def test_a_wrong_row_is_found() -> None:
    """A changed default, reader or name in the table of settings is noticed."""
    text = (_ROOT / "docs" / "settings.md").read_text()
    right = _documented(text)
    assert _documented(text.replace("| `REASSORT_WEB_PORT` | `8000` |", "| `REASSORT_WEB_PORT` | `80` |")) != right
    assert _documented(text.replace("| web, recoveries, roll, import |", "| web, recoveries, roll |")) != right
    assert _documented(text.replace("| `REASSORT_THEME` |", "| `REASSORT_LOOK` |")) != right


_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "five": 5, "ten": 10}
_DURATION = re.compile(r"(\w+) (second|minute|hour|day)s? \(`([a-z_]+)\.([a-z_]+)`\)")


def test_a_duration_that_a_document_ascribes_to_a_key_is_its_default() -> None:
    """Written as « an hour (`delivery.retry_for`) »; the runbook once said five minutes."""
    election = load(_ROOT / "election" / "default.toml")
    found = []
    for path in _DOCUMENTS:
        for number, unit, section, key in _DURATION.findall(path.read_text(encoding="utf-8")):
            count = _NUMBERS.get(number) or int(number)
            found.append((path.name, key))
            assert getattr(getattr(election, section), key) == timedelta(**{f"{unit}s": count}), (
                path.name,
                section,
                key,
            )
    assert len(found) >= 5
