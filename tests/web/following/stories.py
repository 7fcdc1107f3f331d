"""Recoveries on real workers, to which anything may happen in any order; only their gateways record, and time is put forward."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import select, text
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.bounces.settlement import BounceSettlement
from activities.config.clock import utc_now
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.recoveries.links import LinkRecord
from activities.security import sealed_display
from activities.store.database import Database
from activities.store.objection_table import objections
from election.procedures import Procedure, subject_of, workflow_id_of
from election.stages import ENDINGS, Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.clients.challenge_request import ChallengeRequest
from web.clients.identifier import IdentifierRequest
from workflows.contracts.messages import RecoveryStatus
from workflows.contracts.orders import CancelRequest, ExtendRequest, RetryRequest
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError, retry_while_busy

Happenings = dict[str, Callable[[], Awaitable[object]]]
_ANSWERS = timedelta(seconds=20)
_OPERATOR, _PHONE, _MAIL = "Claude Exemple", "+33612345678", "camille@exemple.fr"
# Two sides write the same instant at different moments.
_AT_ONCE = timedelta(seconds=10)


class DatabaseClock:
    """The clock of one database, which is put forward for all that its users write and compare with."""

    # Unqualified, as our statements have them, both are found here before PostgreSQL's own.
    _SETUP = """
        CREATE SCHEMA ahead;
        CREATE TABLE ahead.of (amount interval NOT NULL);
        INSERT INTO ahead.of VALUES ('0');
        CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
            AS 'SELECT pg_catalog.clock_timestamp() + amount FROM ahead.of';
        CREATE FUNCTION ahead.now() RETURNS timestamptz LANGUAGE sql STABLE
            AS 'SELECT pg_catalog.now() + amount FROM ahead.of';
        GRANT USAGE ON SCHEMA ahead TO PUBLIC;
        GRANT SELECT ON ahead.of TO PUBLIC;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = ahead, pg_catalog, public', current_database()); END $$;
    """

    def __init__(self, owner: Database) -> None:
        self._owner = owner
        self._ahead = timedelta(0)

    async def set_up(self) -> None:
        """Make it adjustable, for connections that are opened from now on."""
        async with self._owner.writing() as connection:
            for statement in self._SETUP.split(";\n"):
                if statement.strip():
                    await connection.execute(text(statement))
        await self._owner.close()

    def __call__(self) -> datetime:
        """Return the instant."""
        return utc_now() + self._ahead

    async def put_forward(self, by: timedelta) -> None:
        """Put it forward; without a duration, back to the true time."""
        self._ahead = self._ahead + by if by else by
        async with self._owner.writing() as connection:
            await connection.execute(text("UPDATE ahead.of SET amount = :amount"), {"amount": self._ahead})


@dataclass(frozen=True)
class World:
    """What the recoveries of all stories have in common."""

    app: WebApp
    environment: WorkflowEnvironment
    clock: DatabaseClock
    sms: RecordingSms
    mail: RecordingMail
    inbox: BounceInbox
    bounces: BounceSettlement

    async def reset(self) -> None:
        """Let gateways work, and the clocks show the true time."""
        for gateway in (self.sms, self.mail):
            gateway.sent.clear()
            gateway.mode = GatewayMode.OK
        await self.clock.put_forward(timedelta(0))


class Story(ABC):
    """One elector's recovery; `asking` and `happenings` are what may happen to it, by its name."""

    procedure: Procedure
    has_links = True

    def __init__(self, world: World, person: Person, subject: str) -> None:
        self._world = world
        self._app = world.app
        self._person = person
        self._workflow_id = workflow_id_of(self.procedure, subject)
        self._handle = world.environment.client.get_workflow_handle(self._workflow_id)
        self._has_waited = False
        self.happenings: Happenings = {
            "gateways refuse": lambda: self._gateways(GatewayMode.REFUSE),
            "gateways are down": lambda: self._gateways(GatewayMode.DOWN),
            "gateways work": lambda: self._gateways(GatewayMode.OK),
            "the SMS arrives": lambda: self._receipt(world.sms.deliver),
            "the SMS fails": lambda: self._receipt(world.sms.fail),
            "the mail comes back": self._bounce,
            "an operator retries": lambda: self._operator("retry_send", RetryRequest(_OPERATOR)),
            "an operator cancels": lambda: self._operator("cancel", CancelRequest(_OPERATOR)),
            "an operator extends the link": lambda: self._operator("extend", ExtendRequest(_OPERATOR, hours=2)),
            "the elector objects": self._object,
            "the voter clicks": self._click,
            "the voter notes the secret": self._note,
            "a minute passes": lambda: self._pass(timedelta(seconds=65)),
            "some minutes pass": lambda: self._pass(timedelta(minutes=11)),
            "hours pass": lambda: self._pass(timedelta(hours=3)),
        }

    @property
    @abstractmethod
    def asking(self) -> Happenings:
        """The ways to ask, of which the first begins the story."""

    @abstractmethod
    async def _use(self, link: LinkRecord) -> object:
        """Use a link."""

    async def possible(self) -> Happenings:
        """Return what may happen next. Time that has passed is the run's own, so that no other run begins after it."""
        row = await self.row()
        is_over = row is None or row.stage in ENDINGS
        return self.happenings | ({} if is_over and self._has_waited else self.asking)

    async def row(self) -> RecoveryStatus | None:
        """Return what pages show."""
        return await self._app.context.statuses.find(self._workflow_id)

    async def agrees(self) -> bool:
        """Return whether the workflow says the same."""
        row, workflow = await self.row(), await self.workflow_status()
        if row is None or workflow is None:
            return row is None and workflow is None
        if workflow.is_replaced and not row.is_replaced:
            return False  # the row may know it of an earlier request, of which this run knows nothing
        if row.stage is Stage.REFUSED and workflow.stage in ENDINGS:
            return True  # a run that was about to close has judged one more request, and its own ending stays
        if row.stage in ENDINGS | {Stage.DISPLAYING}:
            return row.stage is workflow.stage
        expiries = (row.link_expires_at, workflow.link_expires_at)
        return self._shown(row) == self._shown(workflow) and (not self.has_links or _is_near(*expiries))

    async def workflow_status(self) -> RecoveryStatus | None:
        """Return what the workflow answers, or None when there is none."""
        with suppress(RPCError):
            found: RecoveryStatus = await self._handle.query("status", result_type=RecoveryStatus)
            return found
        return None

    def _shown(self, status: RecoveryStatus) -> tuple[object, ...]:
        arrived = (bool(status.accepted_at), bool(status.delivered_at))
        return (status.stage, *arrived, status.fault, status.channel, status.sends_left)

    async def _gateways(self, mode: GatewayMode) -> None:
        self._world.sms.mode = self._world.mail.mode = mode

    async def _receipt(self, give: Callable[[str], Awaitable[None]]) -> None:
        if self._world.sms.sent:
            await give(f"{self._world.sms.sent[-1].message_id}-1")

    async def _bounce(self) -> None:
        if self._world.mail.sent:
            report = BounceReport(BounceKind.FINAL, "5.1.1")
            await self._world.inbox.note(self._world.mail.sent[-1].message_id, report)
            await self._world.bounces.settle()

    async def _operator(self, name: str, order: object) -> None:
        # Temporal drops an update when a receipt arrives at the same moment: the order is given again, as the runbook says.
        with suppress(WorkflowUpdateFailedError, TemporalUnavailableError, WorkflowOverError):
            await retry_while_busy(lambda: self._handle.execute_update(name, order, rpc_timeout=_ANSWERS))

    async def _object(self) -> None:
        notices = select(objections.c.notice_id).where(objections.c.workflow_id == self._workflow_id)
        async with self._app.services.database.reading() as connection:
            newest = (await connection.execute(notices.order_by(objections.c.created_at.desc()))).scalars().first()
        found = self._app.services.objection_links
        link = await found.find(found.token(self._workflow_id, newest)) if newest else None
        if link is not None:
            await self._app.context.objection_client.make(link)

    async def _link(self) -> LinkRecord | None:
        link_id = await self._app.newest_link(self._workflow_id)
        return LinkRecord(self._workflow_id, link_id, LinkVerdict.LIVE, self._person.id) if link_id else None

    async def _click(self) -> None:
        if link := await self._link():
            await self._use(link)

    async def _note(self) -> None:
        if link := await self._link():
            await self._app.context.link_client.end_display(link)

    async def _pass(self, time: timedelta) -> None:
        """Let time pass, unless something is under way: a clock stands still then."""
        with suppress(RPCError):
            described = await self._handle.describe()
            is_running = described.status is WorkflowExecutionStatus.RUNNING
            if is_running and not described.raw_description.pending_activities:
                self._has_waited = True
                await self._world.clock.put_forward(time)
                await self._world.environment.fast_forward(self._handle, time)


class VotingCodeStory(Story):
    """A recovery of a voting code (2022)."""

    procedure = Procedure.VOTING_CODE

    def __init__(self, world: World, person: Person, subject: str) -> None:
        super().__init__(world, person, subject)
        self.happenings["the voter asks for the link again"] = self._ask_again

    @property
    def asking(self) -> Happenings:
        """By either channel, or in vain."""
        return {
            "asks by SMS": lambda: self._ask(Channel.SMS, _PHONE),
            "asks by e-mail": lambda: self._ask(Channel.EMAIL, _MAIL),
            "asks with a wrong answer": lambda: self._ask(Channel.SMS, _PHONE, "marron"),
        }

    async def _ask(self, channel: Channel, contact: str, answer: str = "") -> None:
        person, hint = self._person, "•• 78" if channel is Channel.SMS else "c•••@e•••.fr"
        proofs = (token_hex(16), answer or person.answer, person.numen)
        asked = ChallengeRequest(*proofs, channel, contact, hint)
        await self._app.context.voting_code_client.submit(person.id, asked)

    async def _ask_again(self) -> None:
        await self._app.context.voting_code_client.send_again(self._person.id)

    async def _use(self, link: LinkRecord) -> object:
        public_key = sealed_display.public_key_of(sealed_display.new_seed())
        return await self._app.context.voting_code_client.open_link(link, public_key)


class PasswordStory(Story):
    """A recovery of a password."""

    procedure = Procedure.PASSWORD

    @property
    def asking(self) -> Happenings:
        """By the identifier."""
        return {"asks for a link": self._ask}

    async def _ask(self) -> None:
        claimant = await self._app.services.roll.claimant(self._person.work_email)
        await self._app.context.password_client.request_link(claimant, token_hex(16))

    async def _use(self, link: LinkRecord) -> object:
        return await self._app.context.password_client.choose(link, "Quatre mots sans lien 1848")


class IdentifierAndPasswordStory(Story):
    """A recovery of identifier and password (2011)."""

    procedure = Procedure.IDENTIFIER_AND_PASSWORD

    @property
    def asking(self) -> Happenings:
        """By the work address."""
        return {"asks for a link": self._ask}

    async def _ask(self) -> None:
        claimant = await self._app.services.roll.claimant(self._person.work_email)
        await self._app.context.identifier_and_password_client.request_link(claimant, token_hex(16))

    async def _use(self, link: LinkRecord) -> object:
        public_key = sealed_display.public_key_of(sealed_display.new_seed())
        return await self._app.context.identifier_and_password_client.open_link(link, public_key, _MAIL)


class IdentifierStory(Story):
    """A recovery of an identifier (2018), which has no link."""

    procedure = Procedure.IDENTIFIER
    has_links = False

    @property
    def asking(self) -> Happenings:
        """With the right birth date, or in vain."""
        return {"asks": self._ask, "asks with a wrong date": lambda: self._ask("1970-01-01")}

    async def _ask(self, birth_date: str = "") -> None:
        person = self._person
        asked = IdentifierRequest(token_hex(16), person.numen, birth_date or person.birth_date, _PHONE, "•• 78")
        await self._app.context.identifier_client.submit(person.id, asked)

    async def _use(self, link: LinkRecord) -> object:
        raise AssertionError(link)


async def story_of(kind: type[Story], world: World) -> Story:
    """Return the story of a new elector."""
    person, services = await world.app.new_elector(), world.app.services
    match kind.procedure:
        case Procedure.VOTING_CODE:
            subject = person.id
        case Procedure.IDENTIFIER:
            subject = subject_of(await world.app.context.identifier_client.workflow_id(person.id))
        case _:
            subject = (await services.roll.claimant(person.work_email)).subject
    return kind(world, person, subject)


def _is_near(one: datetime | None, other: datetime | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) < _AT_ONCE
