"""A month after its ledgers are sealed: filed at GİB, approved, reported; or taken back.

Until the program files by itself, the user says that a month was filed in GİB's portal. A month closes when GİB's
approved berats of every part have come and hold. Source: e-Defter Uygulama Kılavuzu 1.12, Teknik Kılavuz 1.7.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.books import BookKind
from app.domain.errors import AppError, InputError, RuleBroken
from app.domain.protocols import Sealer
from app.domain.spans import month_of_key, sides_of
from app.domain.turkish import format_date
from app.domain.voucher import Period, PeriodState
from app.edefter.archive import parse_name, read_facts, verify_seal
from app.edefter.books.berat import AccountSum, report_xml
from app.edefter.books.sealing import write_sealed
from app.runtime import safezip
from app.runtime.crashpoints import declare
from app.runtime.files import replace_file
from app.storage import leases
from app.storage.ledgers import books, parts
from app.storage.ledgers.database import LedgerDatabase
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import open_ledger
from app.workflows.ledger_heads import BuildOptions, head_of_month, month_folder
from app.workflows.ledger_moves import BOOK_FILE, Laying, finish_moves, months_files

FILED = declare("ledger.filed", "the word that a month was filed in GİB's portal")
APPROVED = declare("ledger.approved", "GİB's approval of a month")
REPORTED = declare("ledger.reported", "a month's report that will take its place in the tree")
TAKEN_BACK = declare("ledger.taken_back", "a month that may be built again")
#: GİB's own number, which its counter seal carries. Source: Berat Kılavuzu.
GIB_NUMBER = "3900383669"
_BERATS = ("YB", "KB")


@dataclass(slots=True, kw_only=True)
class ApprovalReport:
    """What came of GİB's files: `taken` lie in the tree, `refused` pairs a name with the reason."""

    taken: list[Path] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    is_complete: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "taken": [str(path) for path in self.taken],
            "refused": [{"file": name, "reason": reason} for name, reason in self.refused],
            "complete": self.is_complete,
        }


def record_filed(ctx: WorkContext, company: CompanyRecord, period: Period, *, folder: Path) -> None:
    """The user has uploaded the month in GİB's portal. Raises: RuleBroken LEDGER.NOT_SEALED."""
    with _Opened(ctx, company, period, folder) as ledger, ledger.write(FILED) as connection:
        for month, branch, _ in _branches(connection, company, period):
            state = parts.state_of(connection, period=month, branch_no=branch)
            if state is not PeriodState.BERAT_SEALED:
                raise RuleBroken(
                    "LEDGER.NOT_SEALED",
                    "Ay yüklenmiş olarak işaretlenemedi.",
                    why="Bu ayın defter ve beratları henüz oluşturulup mühürlenmemiş ya da ay zaten kapanmış.",
                    todo="Önce defterleri oluşturun.",
                )
            parts.set_state(
                connection,
                period=month,
                branch_no=branch,
                state=PeriodState.FILED,
                at=ctx.clock.now().isoformat(),
            )


def take_approved(
    ctx: WorkContext, company: CompanyRecord, period: Period, files: Iterable[Path], *, folder: Path, out: Path
) -> ApprovalReport:
    """Check GİB's berats (or zips of them), lay the good ones into the tree, close the month when all are there.

    Never repairs: what does not hold is refused with its reason. Raises: RuleBroken LEDGER.NOT_FILED; InputError ZIP.*.
    """
    report = ApprovalReport()
    places = [month_folder(out, company, side) for side in sides_of(company.company, period)]
    with _Opened(ctx, company, period, folder) as ledger:
        with ledger.read() as connection:
            branches = _branches(connection, company, period)
            states = {parts.state_of(connection, period=month, branch_no=no) for month, no, _ in branches}
        if not states or not states <= {PeriodState.FILED, PeriodState.COMPLETED}:
            raise RuleBroken(
                "LEDGER.NOT_FILED",
                "GİB beratları alınamadı.",
                why="Bu ay GİB'e yüklenmiş olarak işaretlenmemiş.",
                todo="Önce 'GİB portalına yükledim' deyin.",
            )
        for name, raw in members_of(files):
            # Both sides of a liquidation's month use the same names: what a file answers tells where it belongs.
            reasons = {place: reason_against(name, raw, place, company, period) for place in places}
            if (place := next((place for place, reason in reasons.items() if not reason), None)) is None:
                report.refused.append((name, next(iter(reasons.values()))))
                continue
            target = place / name
            replace_file(target, raw, point=BOOK_FILE, mode=0o644)
            report.taken.append(target)
        with ledger.read() as connection:
            wanted = [
                month_folder(out, company, month_of_key(month)) / f"GIB-{file.name}"
                for month, no, _ in branches
                for _, kept in parts.parts_of(connection, period=month, branch_no=no)
                for file in kept
                if file.kind in _BERATS
            ]
        report.is_complete = bool(wanted) and all(path.is_file() for path in wanted)
        if report.is_complete:
            with ledger.write(APPROVED) as connection:
                for month, no, _ in branches:
                    parts.set_state(
                        connection,
                        period=month,
                        branch_no=no,
                        state=PeriodState.COMPLETED,
                        at=ctx.clock.now().isoformat(),
                    )
    return report


def take_back(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    *,
    folder: Path,
    out: Path,
    deleted_by: str = "",
    deleted_on: str = "",
) -> list[Path]:
    """Undo the build: the month may be imported and built again; its files go to the folder of cancelled ones.

    A filed month needs who deleted it in GİB's portal and when (ISO day); an approved one cannot be taken back.
    Returns where the files lie now. Raises: RuleBroken LEDGER.APPROVED, LEDGER.FILED, LEDGER.LATER.
    """
    sides = sides_of(company.company, period)
    with _Opened(ctx, company, period, folder) as ledger:
        with ledger.read() as connection:
            branches = _branches(connection, company, period)
            states = {parts.state_of(connection, period=month, branch_no=no) for month, no, _ in branches}
            later = any(parts.built_after(connection, period=sides[-1].key, branch_no=no) for _, no, _ in branches)
        _ensure_may_take_back(states, later, deleted_by, deleted_on)
        found = [path for side in sides for path in months_files(month_folder(out, company, side), company, period)]
        note = f"{deleted_by}, {deleted_on}" if deleted_by else ""
        with ledger.write(TAKEN_BACK) as connection:
            for month, no, _ in branches:
                parts.forget_parts(connection, period=month, branch_no=no, at=ctx.clock.now().isoformat(), note=note)
            for side in sides:
                # A branch that has no vouchers any more had books all the same.
                for no in parts.built_branches(connection, period=side.key):
                    parts.forget_built(connection, period=side.key, branch_no=no)
            moved = Laying().record(connection, found)
        finish_moves(ledger)
    return moved


def build_report(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    sealer: Sealer,
    options: BuildOptions,
    *,
    folder: Path,
    out: Path,
) -> list[Path]:
    """The defter raporu of a closed month, one per branch. Raises: RuleBroken LEDGER.NOT_COMPLETE."""
    made: list[Path] = []
    with _Opened(ctx, company, period, folder) as ledger:
        with ledger.read() as connection:
            branches = _branches(connection, company, period)
            if any(
                parts.state_of(connection, period=month, branch_no=no) is not PeriodState.COMPLETED
                for month, no, _ in branches
            ):
                raise RuleBroken(
                    "LEDGER.NOT_COMPLETE",
                    "Defter raporu oluşturulamadı.",
                    why="Rapor, ayın bütün beratları GİB'ce onaylandıktan sonra hazırlanır.",
                    todo="Önce GİB onaylı beratları alın.",
                )
        for month, no, name in branches:
            side = month_of_key(month)
            with ledger.read() as connection:
                bounds = books.entry_range(connection, period=month, branch_no=no)
                assert bounds is not None
                whole = books.Part(branch_no=no, first=bounds[0], last=bounds[1])
                sums = [
                    (row[0], AccountSum(row[2], row[3], row[4], row[5], row[1]))
                    for row in books.main_sums(connection, period=month, part=whole)
                ]
            head = head_of_month(company, side, options, ctx.clock.now(), branch_no=no, branch_name=name)
            book = head.name(BookKind.REPORT)
            target = month_folder(out, company, side) / f"{book.stem}.xml"
            with Laying() as laying:
                text = report_xml(head, ettn=str(uuid.uuid4()), sums=sums)
                write_sealed(laying.target(target), book, [text], sealer=sealer, signing_time=ctx.clock.now())
                laying.sync()
                with ledger.write(REPORTED) as connection:
                    # An earlier report is signed, too.
                    laying.record(connection, [target] if target.exists() else [])
            finish_moves(ledger)
            made.append(target)
    return made


def _branches(connection: Any, company: CompanyRecord, period: Period) -> list[tuple[int, str, str]]:
    """(month's key, branch number, name) of every book of the month, on both sides of a liquidation."""
    return [
        (side.key, no, name)
        for side in sides_of(company.company, period)
        for no, name in parts.branches_of(connection, period=side.key)
    ]


class _Opened:
    """The company's ledger file under its lease."""

    def __init__(self, ctx: WorkContext, company: CompanyRecord, period: Period, folder: Path) -> None:
        self._lease = leases.acquire(ctx.db, company.id, owner=ctx.owner)
        try:
            self._ledger = open_ledger(company, period, folder)
            try:
                finish_moves(self._ledger)
            except BaseException:
                self._ledger.close()
                raise
        except BaseException:
            self._lease.release()
            raise

    def __enter__(self) -> LedgerDatabase:
        return self._ledger

    def __exit__(self, *_: object) -> None:
        self._ledger.close()
        self._lease.release()


def members_of(files: Iterable[Path]) -> Iterable[tuple[str, bytes]]:
    """(name, bytes) of each file; a zip gives what it holds."""
    for path in files:
        raw = path.read_bytes()
        if raw[:4] == b"PK\x03\x04":
            for member in safezip.iter_members(raw):
                yield Path(member.name).name, member.data
        else:
            yield path.name, raw


def reason_against(
    name: str,
    raw: bytes,
    place: Path,
    company: CompanyRecord,
    period: Period,
    *,
    kinds: tuple[str, ...] = _BERATS,
) -> str:
    """Why GİB's file is not taken; empty when it holds. Source: Uygulama Kılavuzu 1.12 (checks)."""
    said = parse_name(name)
    if said is None or not said.is_gibs or said.kind not in kinds:
        return f"GİB onaylı berat dosyası değil; adı GIB-VKN-YYYYAA-{kinds[0]}-000000.xml gibi olmalı."
    if said.owner != company.company.tax_number.digits or said.period != period.compact:
        return "Başka bir firmanın ya da ayın beratı."
    ours = place / name.removeprefix("GIB-")
    if not ours.is_file():
        return "Bu parçanın gönderilen beratı klasörde yok."
    if not raw.strip():
        return "Dosya boş."
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / name
        aside.write_bytes(raw)
        try:
            seal = verify_seal(aside)
        except AppError as error:
            return f"Mühür denetlenemedi: {error.sentence}"
        facts, sent = read_facts(aside), read_facts(ours)
    if facts.problems:
        return facts.problems[0]
    if not seal.valid or len(seal.signatures) < 2:
        return "GİB'in mührü yok ya da tutmuyor; dosyayı yeniden indirin, sürerse GİB'e başvurun."
    owners = {one.certificate.owner.digits for one in seal.signatures if one.certificate and one.certificate.owner}
    if GIB_NUMBER not in owners:
        return "Karşı mühür GİB'in değil."
    same = ("signature_value", "book_signature_value", "unique_id", "period_start", "period_end", "owner")
    if any(getattr(facts, one) != getattr(sent, one) for one in same):
        return "İçeriği, gönderilen berattan farklı."
    return ""


def _ensure_may_take_back(states: set[PeriodState | None], later: bool, deleted_by: str, deleted_on: str) -> None:
    if PeriodState.COMPLETED in states:
        raise RuleBroken(
            "LEDGER.APPROVED",
            "Ay geri alınamadı.",
            why="GİB beratları onaylamış; onaylı bir ayın yerine ikinci defter oluşturulamaz.",
            todo="Zayi belgesi ya da YMM raporuyla GİB'e başvurun.",
        )
    if PeriodState.FILED in states and not (deleted_by.strip() and deleted_on.strip()):
        raise RuleBroken(
            "LEDGER.FILED",
            "Ay geri alınamadı.",
            why="Ay GİB'e yüklenmiş.",
            todo="Beratı yasal süre içinde GİB portalından silin; sonra kimin, hangi gün sildiğini yazın.",
        )
    if later:
        raise RuleBroken(
            "LEDGER.LATER",
            "Ay geri alınamadı.",
            why="Sonraki ayın defteri oluşturulmuş; numaralar ondan sonra sürüyor.",
            todo="Önce sonraki ayı geri alın.",
        )
    if deleted_on:
        ensure_day(deleted_on)


def ensure_day(text: str) -> None:
    try:
        format_date(date.fromisoformat(text))
    except ValueError as error:
        raise InputError(
            "LEDGER.DAY", "Silme günü anlaşılmadı.", why="Gün YYYY-AA-GG biçiminde yazılır.", todo="Örn. 2026-06-10."
        ) from error
