"""A company's saved column mappings, whichever fiscal year's file they were kept in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import InputError
from app.edefter.sources.shape import SourceShape
from app.storage.ledgers import mappings
from app.storage.ledgers.database import LedgerDatabase, ledger_path
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_import import first_month_of, fiscal_year_of


def save_mapping(ctx: WorkContext, company: CompanyRecord, name: str, shape: SourceShape, *, folder: Path) -> None:
    """Keep how `shape` reads its columns under `name`. Raises: InputError LEDGER.MAPPING for an empty name."""
    if not name.strip():
        raise InputError("LEDGER.MAPPING", "Eşleme kaydedilmedi.", why="Adı boş.", todo="Eşlemeye bir ad verin.")
    paths = _files(company, folder)
    year = fiscal_year_of(ctx.clock.today().isoformat(), first_month_of(company))
    path = paths[0] if paths else ledger_path(folder, company.company.tax_number.digits, year)
    with _opened(path) as ledger, ledger.write(mappings.KEPT) as connection:
        mappings.save_mapping(connection, name.strip(), shape.to_mapping())


def apply_mapping(company: CompanyRecord, name: str, shape: SourceShape, *, folder: Path) -> SourceShape:
    """The shape read by the mapping kept under `name`, the newest year's first. Raises: InputError LEDGER.MAPPING."""
    for path in _files(company, folder):
        with _opened(path) as ledger, ledger.read() as connection:
            body = mappings.load_mapping(connection, name.strip())
        if body is not None:
            return shape.with_mapping(body)
    known = ", ".join(mapping_names(company, folder=folder)) or "yok"
    raise InputError(
        "LEDGER.MAPPING",
        f"'{name}' adlı eşleme bulunamadı.",
        why=f"Bu firma için kayıtlı eşlemeler: {known}.",
        todo="Adı kontrol edin ya da eşlemeyi yeniden kaydedin.",
    )


def mapping_names(company: CompanyRecord, *, folder: Path) -> list[str]:
    """The names of all mappings of the company, in order."""
    names: set[str] = set()
    for path in _files(company, folder):
        with _opened(path) as ledger, ledger.read() as connection:
            names.update(mappings.mapping_names(connection))
    return sorted(names)


def delete_mapping(company: CompanyRecord, name: str, *, folder: Path) -> bool:
    """Whether there was one to forget, in any year."""
    gone = False
    for path in _files(company, folder):
        with _opened(path) as ledger, ledger.write(mappings.KEPT) as connection:
            gone = mappings.delete_mapping(connection, name.strip()) or gone
    return gone


def _files(company: CompanyRecord, folder: Path) -> list[Path]:
    """The company's ledger files, the newest year's first."""
    found = folder.glob(f"{company.company.tax_number.digits}-[0-9][0-9][0-9][0-9].db")
    return sorted(found, key=lambda path: path.name, reverse=True)


@contextmanager
def _opened(path: Path) -> Iterator[LedgerDatabase]:
    ledger = LedgerDatabase.open(path)
    try:
        yield ledger
    finally:
        ledger.close()
