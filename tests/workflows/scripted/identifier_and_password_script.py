"""What the world does to one recovery of both credentials (2011)."""

from typing import TYPE_CHECKING

from activities.gateways.recording import Behaviour

if TYPE_CHECKING:
    from activities.recoveries.identifier_and_password import (
        IdentifierAndPasswordClaim,
        IdentifierAndPasswordOrder,
        IdentifierAndPasswordSettlement,
    )
    from activities.recoveries.unactivated_identifiers import Activation
    from activities.sending.messaging import IdentifierMessage
    from election.verdicts import Verdict


class BothScript:
    """What the world does to one recovery beside its `Script`, and everything that it was asked."""

    def __init__(self) -> None:
        self.relay = Behaviour.OK  # for the identifier's mail
        self.verdicts: list[Verdict] = []  # the next ones; TAKEN when there is none
        self.is_superseded = False  # another procedure has drawn a newer identifier
        self.claims: list[IdentifierAndPasswordClaim] = []
        self.orders: list[IdentifierAndPasswordOrder] = []
        self.tried: list[IdentifierMessage] = []
        self.sent: list[IdentifierMessage] = []
        self.activations: list[Activation] = []
        self.settlements: list[IdentifierAndPasswordSettlement] = []
