"""What the jobs of the Kurallar page do, without any widget: list, install, fetch, go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.errors import AppError, InputError
from app.office import Office
from app.validation.packages.changes import Changes
from app.validation.packages.content import MAX_ZIP_BYTES, TITLES, PackageKind
from app.validation.packages.store import Installed, InstallReport
from app.workflows.context import WorkContext


@dataclass(frozen=True, slots=True, kw_only=True)
class KindState:
    """One kind of package: the release in use (None: not installed) and the one before it that is still stored."""

    kind: PackageKind
    current: Installed | None
    earlier: Installed | None

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def installed_at(self) -> datetime | None:
        return None if self.current is None else datetime.fromisoformat(self.current.installed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One sentence of what happened to one package, and what changed with it, line by line."""

    went_well: bool
    sentence: str
    changes: tuple[str, ...] = ()


def states(office: Office) -> list[KindState]:
    """Every kind there is, installed or not."""
    installed = office.packages.installed()
    found = []
    for kind in PackageKind:
        of_kind = [one for one in installed if one.kind is kind]
        at = next((index for index, one in enumerate(of_kind) if one.is_current), None)
        found.append(
            KindState(
                kind=kind,
                current=None if at is None else of_kind[at],
                earlier=of_kind[at + 1] if at is not None and at + 1 < len(of_kind) else None,
            )
        )
    return found


def install(office: Office, paths: Sequence[Path], ctx: WorkContext) -> list[Result]:
    """Install zips one by one; one that is refused does not stop the others, and nothing of it is kept."""
    results = []
    for done, path in enumerate(paths):
        ctx.progress.checkpoint()
        ctx.progress.report(done, len(paths), path.name)
        try:
            results.append(_told(office.packages.install(_read(path), path.name)))
        except AppError as e:
            results.append(Result(went_well=False, sentence=f"{path.name}: {e.sentence}"))
    return results


def fetch_new(office: Office, ctx: WorkContext) -> list[Result]:
    """Fetch each package from GİB's published address and install what is new."""
    from app.workflows.rule_packages import update_packages

    results = []
    for outcome in update_packages(office.packages, progress=ctx.progress):
        if outcome.report is not None:
            results.append(_told(outcome.report))
        else:
            results.append(Result(went_well=outcome.error is None, sentence=outcome.sentence))
    return results


def go_back(office: Office, kind: PackageKind) -> list[Result]:
    """Use the stored release before the one in use. Raises: InputError PACKAGE.NO_EARLIER, PACKAGE.NONE."""
    report = office.packages.rollback(kind)
    one = report.installed
    sentence = f"{one.title}: artık {one.release:%d.%m.%Y} sürümü kullanılıyor."
    return [Result(went_well=True, sentence=sentence, changes=_lines(report.changes))]


def _told(report: InstallReport) -> Result:
    one = report.installed
    what = "zaten kuruluydu" if report.was_known else "kuruldu"
    sentence = f"{one.title}: {one.release:%d.%m.%Y} sürümü {what}."
    if not one.is_current:
        sentence += " Daha yenisi kullanılıyor; bu sürüm yalnız o günün belgeleri için saklanıyor."
    return Result(went_well=True, sentence=sentence, changes=_lines(report.changes))


def _lines(changes: Changes | None) -> tuple[str, ...]:
    return () if changes is None else tuple(changes.lines())


def _read(path: Path) -> bytes:
    """The file. Raises: InputError PACKAGE.FILE."""
    try:
        if path.stat().st_size > MAX_ZIP_BYTES:
            raise InputError("PACKAGE.FILE", "Dosya çok büyük.", todo="GİB'in yayımladığı ZIP dosyasını seçin.")
        return path.read_bytes()
    except OSError as e:
        raise InputError(
            "PACKAGE.FILE",
            "Dosya okunamadı.",
            why="Dosya yerinde yok." if isinstance(e, FileNotFoundError) else "Dosya açılamıyor.",
            todo="Başka bir dosya seçin.",
            raw_text=str(e),
        ) from e
