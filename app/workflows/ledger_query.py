"""Vouchers out of a view of the accounting program's own database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.reading import ensure_ready, rows_of_cells
from app.edefter.sources.shape import SAMPLE_ROWS, Format, SourceShape, shape_of_rows
from app.storage import foreign, leases
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext, under_lease
from app.workflows.ledger_import import ImportReport, take_rows


@dataclass(slots=True, kw_only=True)
class QuerySource:
    """A query under way. `shape` is what its columns were taken for; `rows` may be asked for once."""

    name: str
    sha256: str
    shape: SourceShape
    _sample: list[list[str]]
    _rest: Iterator[list[str]]

    @property
    def sample(self) -> list[list[str]]:
        """Its first rows as cells, the columns' names first."""
        return self._sample

    def rows(self, shape: SourceShape) -> Iterator[LedgerRow | BadRow]:
        """Every row, read by `shape`. Raises: InputError as `ensure_ready`; EnvironmentFault LEDGER.SQL."""
        ensure_ready(shape)
        return rows_of_cells(chain(self._sample, self._rest), shape)


@contextmanager
def open_source(url: str, query: str, *, name: str) -> Iterator[QuerySource]:
    """Run the query and look at its first rows. `name` is what the import will be called; `url` is never kept.

    Raises: as `foreign.open_query`.
    """
    with foreign.open_query(url, query) as cells:
        sample = list(islice(cells, SAMPLE_ROWS))
        yield QuerySource(
            name=name,
            sha256=hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest(),
            shape=shape_of_rows(sample, Format.SQL),
            _sample=sample,
            _rest=cells,
        )


def import_query(
    ctx: WorkContext,
    company: CompanyRecord,
    source: QuerySource,
    shape: SourceShape,
    *,
    folder: Path,
    replace: frozenset[int] = frozenset(),
) -> ImportReport:
    """Take the query's vouchers as `import_vouchers` takes a file's.

    Raises: as that, and EnvironmentFault LEDGER.SQL.
    """
    rows = source.rows(shape)
    report = ImportReport(file=source.name, sha256=source.sha256)
    with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()) as lease:
        held = under_lease(ctx, lease)
        return take_rows(held, company, rows, report, folder=folder, replace=replace, total=0, kind=Format.SQL.value)
