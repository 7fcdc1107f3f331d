"""A roll is uploaded, judged, confirmed and imported by the demo's own processes."""

import httpx2

from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column
from demo.client.operators import ADMINISTRATION, SECOND_ADMINISTRATION, csrf_of, sign_in
from demo.client.running import Demo
from tests.journeys.demo_people import Browse, Operator
from tests.journeys.leaks import files_of, found, temporal_of
from tests.support.roll_uploads import Line, file_of
from tests.support.waiting import until

_UPLOAD = "/exploitation/liste/fichiers"


async def _carried_out(vera: httpx2.AsyncClient, nour: httpx2.AsyncClient, kind: str, lines: list[Line]) -> None:
    """Let one administrator upload, and the other confirm."""
    fields = {"csrf": csrf_of((await vera.get("/exploitation/liste")).text), "kind": kind}
    answer = await vera.post(_UPLOAD, data=fields, files={"fichier": ("liste.csv", file_of(lines))})
    assert answer.status_code == 303
    page = answer.headers["location"]

    async def is_(state: str) -> bool:
        return state in (await nour.get(f"{page}/etat")).text

    await until(lambda: is_("À confirmer"))
    own = {"csrf": csrf_of((await vera.get(page)).text)}
    assert (await vera.post(f"{page}/confirmer", data=own)).status_code == 403
    confirmed = await nour.post(f"{page}/confirmer", data={"csrf": csrf_of((await nour.get(page)).text)})
    assert confirmed.status_code == 303
    await until(lambda: is_("Importé"))


async def test_a_roll_is_imported_by_two_administrators(
    fast_demo: Demo, fast_operator: Operator, browse: Browse
) -> None:
    """The electors are on the roll until a second file removes them; no proof is in a table, a file or Temporal."""
    vera, nour = browse(fast_demo), browse(fast_demo)
    await sign_in(vera, ADMINISTRATION)
    await sign_in(nour, SECOND_ADMINISTRATION)
    lines = list(people(3, seed=77))
    addresses = [line[Column.WORK_EMAIL] for line in lines]

    def on_roll() -> int:
        query = "SELECT count(*) FROM electors WHERE work_email IN (%s, %s, %s)"
        [(number,)] = fast_operator.roll(query, *addresses)
        return int(number)

    await _carried_out(vera, nour, "add", lines)
    assert on_roll() == 3
    await _carried_out(vera, nour, "remove", lines)
    assert on_roll() == 0
    proofs = [line[column] for line in lines for column in (Column.NUMEN, Column.NIR)]
    assert found(proofs, {**files_of(fast_demo), **await temporal_of(fast_operator)}) == {}
