"""The command by which an operator decides of gateways when there is no console."""

from pathlib import Path

from activities.config.clock import utc_now
from activities.evidence.journal import Journal
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from election.stages import Channel
from tests.support.commands import run_command
from tests.support.database_dump import rows

_ROOT = Path(__file__).parents[3]


def _run(url: str, *arguments: str) -> tuple[int, str]:
    known = {"REASSORT_DATABASE_URL": url, "REASSORT_ELECTION": str(_ROOT / "election" / "demo.toml")}
    ended = run_command("activities.routing.command", *arguments, variables=known)
    return ended.returncode, ended.stdout


async def test_a_gateway_is_resumed_and_the_journal_says_by_whom(
    database: Database, journal: Journal, database_url: str
) -> None:
    """The second time there is nothing to change; the list says what is decided of each."""
    states = GatewayStates(database, journal, utc_now)
    reserve = NewGateway("brevo", Channel.SMS, 0, is_suspended=True)
    await states.register([NewGateway("smpp", Channel.SMS, 100), reserve])
    order = ("brevo", "resume", "--operator", "m.durand", "--reason", "panne de l’opérateur")
    assert [_run(database_url, *order) for _ in range(2)] == [(0, "Fait.\n"), (0, "Rien à changer.\n")]
    assert _run(database_url)[1] == "sms\tbrevo\t0 %\tautomatique\nsms\tsmpp\t100 %\tautomatique\n"
    *_, entry = await rows(database, journal_table)
    assert (entry["event"], entry["actor"], entry["outcome"], entry["detail"]) == (
        "message:gateway:changed",
        "m.durand",
        "resumed:0",
        "panne de l’opérateur",
    )
    assert _run(database_url, "brevo", "shift", "--operator", "m.durand")[0] == 2
