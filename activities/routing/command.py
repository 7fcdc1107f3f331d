"""`python -m activities.routing.command NAME ACT --operator WHO --reason WHY`: suspends or resumes a gateway, or shifts its traffic.

Acts: `suspend`, `resume`, `shift --priority N` (the other gateways of the channel share the rest of a hundred, and no rule changes
it any more), `release` (the rules do again). Workers follow within two seconds. Without NAME it lists the gateways.
"""

import argparse
import sys

from activities.commands.command_line import AGAIN, run
from activities.config.clock import utc_now
from activities.config.settings import FiguresSettings, read
from activities.evidence.journal import Journal
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates
from activities.store.database import Database
from election.routing.choice import GatewayState
from election.settings import Election
from election.stages import Channel


def main() -> None:
    """Do what is asked, or exit with status 2 and one line that says what is wrong."""
    order = _order()

    async def done(database: Database, election: Election) -> str:
        states = GatewayStates(database, Journal(database, election, utc_now), utc_now)
        if order is None:
            return await _listed(states)
        return "Fait." if await carry_out(states, order) else "Rien à changer."

    sys.stdout.write(f"{run(lambda: read(FiguresSettings), done, AGAIN)}\n")


def _order() -> GatewayOrder | None:
    parser = argparse.ArgumentParser(prog="python -m activities.routing.command", description=__doc__)
    parser.add_argument("gateway", nargs="?")
    parser.add_argument("act", nargs="?", choices=list(GatewayAct))
    parser.add_argument("--priority", type=int, choices=range(101), metavar="0…100")
    parser.add_argument("--operator", help="your own name, which the history keeps")
    parser.add_argument("--reason", default="")
    given = parser.parse_args()
    if given.gateway is None:
        return None
    if given.act is None or not (given.operator or "").strip():
        parser.error("an act and --operator, your own name, are needed")
    if (given.act == GatewayAct.SHIFT) != (given.priority is not None):
        parser.error("--priority is needed by shift, and by no other act")
    return GatewayOrder(
        given.gateway, GatewayAct(given.act), given.operator.strip(), given.reason, given.priority or 0
    )


async def _listed(states: GatewayStates) -> str:
    lines = [f"{channel}\t{_line(each)}" for channel in Channel for each in await states.of_channel(channel)]
    return "\n".join(lines) or "Aucune passerelle\u00a0: aucun processus d’envoi n’a encore démarré."


def _line(state: GatewayState) -> str:
    words = ["suspendue"] * state.is_suspended + ["choisie à la main"] * state.is_held
    return f"{state.name}\t{state.priority} %\t{', '.join(words) or 'automatique'}"


if __name__ == "__main__":
    main()
