"""Fetching GİB's packages from their published addresses: the same for the command and the window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.connectors.downloads import download
from app.domain.protocols import NoProgress, Progress
from app.validation.packages.content import PackageKind
from app.validation.packages.store import PackageStore
from app.validation.packages.updating import Outcome, addresses, update


def update_packages(
    store: PackageStore, *, only: frozenset[PackageKind] | None = None, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Fetch and install what is new, kind by kind; `only` None means every kind that has an address.

    A cancel takes effect between the pieces of a download and changes nothing. Raises: ConfigError PACKAGE.ADDRESSES;
    JobCancelled.
    """
    shown = progress or NoProgress()
    where = addresses(store.folder)
    for done, outcome in enumerate(
        update(store, where, partial(_fetch, shown), only=only or frozenset(where)), start=1
    ):
        shown.report(done, len(where), outcome.sentence)
        yield outcome


def _fetch(progress: Progress, address: str, max_bytes: int, tag: str) -> tuple[bytes | None, str]:
    got = download(address, max_bytes=max_bytes, tag=tag, checkpoint=progress.checkpoint)
    return got.raw, got.tag
