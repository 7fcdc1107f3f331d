"""The activities on uploads, for the role that imports: it judges a file, takes the second person's decision, imports it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import StatementError
from temporalio import activity

from activities.recoveries.clicks import InvalidSignatureError
from activities.roll_import.csv_file import REQUIRED, RollError, RollFile
from activities.roll_import.lines import NAMING, Column
from activities.roll_import.load_roll import RollImport
from activities.roll_import.opened_file import opened_stream
from activities.roll_import.order import Order
from activities.roll_import.writer import RollWriter
from activities.roll_uploads.bureau_news import TakenDecision, news_of
from activities.roll_uploads.elector_change import ElectorChange, ElectorChanges, report_of_change
from activities.roll_uploads.orders import (
    CheckClaim,
    DecisionClaim,
    DecisionOrder,
    UploadKind,
    UploadState,
    is_same_person,
)
from activities.roll_uploads.report import ReportWriter, UploadReport
from activities.roll_uploads.rows import UploadRows, faulty
from activities.roll_uploads.uploads import Upload
from activities.security.signed_orders import Order as SignedOrder
from activities.security.signed_orders import is_from_console, is_recent

# Secrets of electors, of which this role may write none.
_CREDENTIALS = (Column.QUESTION, Column.ANSWER, Column.PASSWORD, Column.VOTING_CODE, Column.IDENTIFIER)
_REFUSED = (
    "la base de données refuse une ligne ({})\u00a0: ce qui est écrit le reste. Déposez le fichier de nouveau"
)
_NOT_HERE = "ces colonnes, pour des essais seulement, ne s’importent que par la commande\u00a0: {}"


class SamePersonError(Exception):
    """Raised when who has uploaded a file is to confirm its import too."""


class DifferentEntryError(Exception):
    """Raised when who confirms a change of one elector has typed another one."""


class RollUploadActivities:
    """Each may run again: what was done once is found done."""

    def __init__(
        self,
        rows: UploadRows,
        writer: RollWriter,
        roll_import: RollImport,
        changes: ElectorChanges,
        console_key: str,
        bureau_addresses: int,
        now: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._import = roll_import
        self._changes = changes
        self._console_key = console_key
        self._bureau_addresses = bureau_addresses
        self._now = now

    @property
    def activities(self) -> list[Callable[..., object]]:
        """The activities for a worker to register."""
        return [self.check_upload, self.decide_upload, self.import_upload]

    @activity.defn
    async def check_upload(self, claim: CheckClaim) -> UploadState:
        """Judge a file as the import would, note what was found, and return where the upload stands.

        Raises:
            InvalidSignatureError: the console has not signed the order, or another file or person is in the database.
            LookupError: there is no such upload.
        """
        order = claim.order
        self._require_signature(claim.workflow_id, order)
        upload = await self._rows.find(order.upload)
        signed = (order.operator, order.subject, order.kind, order.file_hash, order.reason)
        if signed != (upload.operator, upload.subject, upload.kind, upload.file_hash, upload.reason):
            raise InvalidSignatureError("the console has signed another upload")
        if upload.state is not UploadState.RECEIVED:
            return upload.state
        try:
            report = await self._judged(upload)
        except RollError as error:
            return await self._rows.settle(upload, UploadState.REFUSED, faulty(upload, str(error)))
        return await self._rows.settle(upload, UploadState.CHECKED, report)

    @activity.defn
    async def decide_upload(self, claim: DecisionClaim) -> TakenDecision:
        """Note a decision, and return whether it is an import that is to be carried out now, with the news of it.

        Run again, however late, it finds its own decision: who was killed after noting it carries it out all the same.

        Raises:
            InvalidSignatureError: the console has not signed the decision, or too long ago, or of another file.
            SamePersonError: who has uploaded the file would confirm it.
            DifferentEntryError: who confirms a change of one elector has typed another one.
            LookupError: there is no such upload.
        """
        order = claim.order
        self._require_signature(claim.workflow_id, order)
        upload = await self._rows.find(order.upload)
        if upload.decision == claim.workflow_id:
            return self._taken(upload, order, is_import=upload.state is UploadState.CONFIRMED)
        if not is_recent(order, self._now()) or order.file_hash != upload.file_hash:
            raise InvalidSignatureError("the decision is old, or of another file")
        if order.confirms and is_same_person(order.subject, upload.subject):
            raise SamePersonError("who uploads a file does not confirm it")
        if order.confirms and upload.kind is UploadKind.CHANGE and upload.state is UploadState.CHECKED:
            await self._require_same_entry(upload, order.entry)
        return self._taken(upload, order, is_import=await self._rows.decide(claim))

    @activity.defn
    async def import_upload(self, upload_id: str) -> UploadState:
        """Import a file that was confirmed, delete it, and return where the upload stands.

        Raises:
            LookupError: there is no such upload.
        """
        upload = await self._rows.find(upload_id)
        if upload.state is not UploadState.CONFIRMED:
            return upload.state
        try:
            if upload.kind is UploadKind.CHANGE:
                return await self._changes.write(await self._change(upload), upload)
            await self._carry_out(upload, is_trial=False)
        except RollError as error:
            return await self._rows.settle(upload, UploadState.FAILED, faulty(upload, str(error)))
        except StatementError as error:  # not an outage: the same file would be refused again
            fault = _REFUSED.format(type(error).__name__)  # whose text may have a value of a line
            return await self._rows.settle(upload, UploadState.FAILED, faulty(upload, fault))
        return await self._rows.settle(upload, UploadState.IMPORTED, upload.report)

    def _taken(self, upload: Upload, order: DecisionOrder, *, is_import: bool) -> TakenDecision:
        return TakenDecision(is_import, news_of(upload, order, self._bureau_addresses) if is_import else None)

    def _require_signature(self, workflow_id: str, order: SignedOrder) -> None:
        if not is_from_console(self._console_key, workflow_id, order):
            raise InvalidSignatureError("the console has not signed this order")

    async def _judged(self, upload: Upload) -> UploadReport:
        if upload.kind is UploadKind.CHANGE:
            return report_of_change(await self._changes.judge(await self._change(upload)))
        return await self._carry_out(upload, is_trial=True)

    async def _change(self, upload: Upload) -> ElectorChange:
        return self._changes.read((await self._rows.content(upload)).read())

    async def _require_same_entry(self, upload: Upload, number: int) -> None:
        try:
            is_same = self._changes.read(await self._rows.entry(upload, number)) == await self._change(upload)
        except RollError:
            is_same = False
        if not is_same:
            raise DifferentEntryError("another change was typed")

    async def _carry_out(self, upload: Upload, *, is_trial: bool) -> UploadReport:
        removes = upload.kind is UploadKind.REMOVE
        told = ReportWriter(_heartbeat)
        with opened_stream(await self._rows.content(upload)) as file:
            await self._writer.check_pepper()
            roll = RollFile(file.text, file.encoding, NAMING if removes else REQUIRED)
            if not removes:
                _require_no_credentials(roll)
            order = Order(
                upload.operator,
                file.sha256,
                updates=upload.kind is UploadKind.UPDATE,
                removes=removes,
                is_trial=is_trial,
                confirmed_by=upload.decided_by,
            )
            told.report.encoding, told.report.ignored = file.encoding, roll.ignored
            await self._import.carry_out(roll, order, told, told)
        return told.report


def _require_no_credentials(roll: RollFile) -> None:
    found = [column for column in roll.read if column in _CREDENTIALS]
    if found:
        raise RollError(_NOT_HERE.format(", ".join(found)))


def _heartbeat() -> None:
    if activity.in_activity():
        activity.heartbeat()
