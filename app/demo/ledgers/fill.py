"""The demo office's books: a few clients at different places of their year, through the office's own verbs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from app.demo.ledgers.approval import approved
from app.demo.ledgers.vouchers import csv_of, month_of
from app.demo.seals import test_sealer
from app.domain.dates import ISTANBUL
from app.domain.party import Accountant, Address, Company
from app.domain.protocols import NoProgress, Progress, Sealer
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.signing.soft import TestSealer
from app.storage.ledgers.database import ledger_path
from app.storage.records import CompanyRecord
from app.workflows import companies, ledger_life
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_heads import BuildOptions, month_folder
from app.workflows.ledger_import import import_vouchers

_SOURCE: Final = "Mühürdar Deneme##1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """How far a client's books are, counted in months back from this one; `broken` is a month with faults in it."""

    approved: int
    filed: int
    sealed: int
    taken: int
    broken: int = -1


#: One client after another: up to date, checked and found faulty, late, only imported.
_STORIES: Final = (
    _Story(approved=3, filed=2, sealed=2, taken=0),
    _Story(approved=4, filed=3, sealed=2, taken=0, broken=1),
    _Story(approved=7, filed=7, sealed=6, taken=2),
    _Story(approved=99, filed=99, sealed=99, taken=1),
)
_KINDS: Final = (("kurumlar", "aylik"), ("kurumlar", "aylik"), ("gelir", "aylik"), ("gelir", "ucaylik"))


def fill_ledgers(office: Office, clients: Sequence[CompanyRecord], *, progress: Progress | None = None) -> None:
    """Give the first few of `clients` a year of books; one that has some already keeps them as they are.

    Raises: JobCancelled, from `progress`, between two months.
    """
    told = progress or NoProgress()
    today = office.context().clock.today()
    for index, (record, story) in enumerate(zip(clients, _STORIES, strict=False)):
        if not _has_books(office, record, today):
            _fill(office, _ready(office, record, index), story, today, told)


def have_books(office: Office, clients: Sequence[CompanyRecord]) -> bool:
    """Whether `fill_ledgers` has been there: the clients that it serves have books of this year."""
    today = office.context().clock.today()
    return all(_has_books(office, record, today) for record in clients[: len(_STORIES)])


def _has_books(office: Office, record: CompanyRecord, today: date) -> bool:
    return ledger_path(office.folder.ledgers, record.company.tax_number.digits, today.year).exists()


def _ready(office: Office, record: CompanyRecord, index: int) -> CompanyRecord:
    """The card with all that a ledger names."""
    kind, preference = _KINDS[index]
    old: Company = record.company
    party = old.party
    whole = replace(
        old,
        party=replace(
            party,
            phone=party.phone or "0216 555 01 42",
            address=replace(
                party.address,
                street=party.address.street or "Bahariye Caddesi",
                building_no=party.address.building_no or "1",
                postal_code=party.address.postal_code or "34710",
            ),
        ),
        nace=old.nace or "310903",
        taxpayer_kind=old.taxpayer_kind or kind,
        upload_preference=old.upload_preference or preference,
        accountant=Accountant(
            name="Deniz Işıklar",
            engagement_type="SMMM sözleşmesi",
            contract_no="M10120",
            contract_date="2024-01-02",
            phone="0216 555 01 10",
            email="deniz@muhasebe.example",
            address=Address(street="Moda Caddesi", building_no="12", city="İstanbul", postal_code="34710"),
        ),
    )
    return companies.save_company(office.context(), whole)


def _fill(office: Office, record: CompanyRecord, story: _Story, today: date, progress: Progress) -> None:
    ctx = office.context()
    owner = record.company.tax_number.digits
    sealer = test_sealer(office, record.company.tax_number)
    gib = TestSealer.create(parse_tax_number(ledger_life.GIB_NUMBER), "Gelir İdaresi Başkanlığı")
    title = record.company.party.display_name
    for month in range(1, today.month - story.taken + 1):
        progress.checkpoint()
        progress.report(month, today.month, f"{title}: defterler")
        back = today.month - month
        period = Period(today.year, month)
        made = month_of(owner, today.year, month, until=today, broken=back == story.broken)
        if made:
            _take(office, record, csv_of(made, prefix=f"F{month:02d}"), period)
        if back >= story.sealed:
            _seal(office, record, period, sealer)
        if back >= story.filed:
            ledger_life.record_filed(ctx, record, period, folder=office.folder.ledgers)
        if back >= story.approved:
            _approve(office, record, period, gib)
        if back == story.broken:
            check_month(ctx, record, period, folder=office.folder.ledgers)


def _take(office: Office, record: CompanyRecord, text: str, period: Period) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fisler-{period}.csv"
        path.write_text(text, "cp1254", newline="")
        shape = inspect_source(path)
        import_vouchers(office.context(), record, path, shape, folder=office.folder.ledgers)


def _seal(office: Office, record: CompanyRecord, period: Period, sealer: Sealer) -> None:
    name = record.company.party.display_name
    options = BuildOptions(
        source_application=f"{record.company.tax_number}##{name}##{_SOURCE}", creator=record.company.accountant.name
    )
    report = build_month(
        office.context(),
        record,
        period,
        sealer,
        options,
        folder=office.folder.ledgers,
        out=office.folder.edefter,
    )
    if not report.is_built:
        said = [finding.message for check in report.checks for finding in check.findings]
        raise RuntimeError(f"the demo's own vouchers of {period} do not hold: {said}")


def _approve(office: Office, record: CompanyRecord, period: Period, gib: Sealer) -> None:
    """GİB's berats, as downloaded from its portal, handed to the program."""
    place = month_folder(office.folder.edefter, record, period)
    ctx = office.context()
    moment = datetime.combine(ctx.clock.today(), time(11, 30), tzinfo=ISTANBUL)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for ours in sorted(place.glob(f"{record.company.tax_number}-{period.compact}-[YK]B-*.xml")):
            path = Path(folder) / f"GIB-{ours.name}"
            path.write_bytes(approved(ours.read_bytes(), gib, at=moment))
            files.append(path)
        report = ledger_life.take_approved(
            ctx, record, period, files, folder=office.folder.ledgers, out=office.folder.edefter
        )
    if not report.is_complete:
        raise RuntimeError(f"the demo's approval of {period} does not hold: {report.refused}")
