"""The door to the installed packages: a document in, findings out. Any thread; the work is done by a child."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.protocols import NoProgress, Progress
from app.runtime.children import ChildPool
from app.ubl.xmlsafe import parse
from app.validation.explanations import Explanation, explain
from app.validation.official import EngineWork, LedgerVerdict, NoPackage
from app.validation.packages import ledger_files
from app.validation.packages.content import TITLES, PackageKind
from app.validation.packages.lines_behind import line_behind
from app.validation.packages.lists import CodeLists
from app.validation.packages.places import place_in_draft
from app.validation.packages.store import PackageStore

log = logging.getLogger(__name__)

_DEADLINE_S = 20.0
#: A ledger of a million lines is no reason to give up; a rule that loops is. Seconds for each megabyte of document.
_DEADLINE_PER_MB_S = 4.0
_MEMORY_MB = 1536
_MEMORY_PER_MB = 24
#: Our own checks of a file of twenty thousand lines take some seconds and a gigabyte at most.
_APART_DEADLINE_S = 300.0
_APART_MEMORY_MB = 2048
#: A larger document is not read a second time only to name a line.
_LOOKED_INTO_BYTES = 8 << 20
_TARGET = "app.validation.packages.child:check"
_STOPPED = frozenset({"CHILD.TIMEOUT", "CHILD.MEMORY", "CHILD.OUTPUT", "CHILD.CRASHED", "CHILD.FAILED"})


class InstalledRules:
    """`OfficialRules` of a data folder. Sees an installation by another process at its next document."""

    def __init__(self, store: PackageStore, *, pool: Callable[[], ChildPool], today: Callable[[], date]) -> None:
        self.store = store
        self._pool = pool
        self._today = today

    @property
    def release(self) -> str:
        """Release of the e-Fatura package in use as YYYYMMDD, empty when none is installed."""
        current = self.store.current(PackageKind.E_INVOICE)
        return "" if current is None else f"{current.release:%Y%m%d}"

    def code_lists(self) -> CodeLists:
        return self.store.code_lists()

    def lists_code(self, list_name: str, code: str) -> bool:
        """Whether the package in use has this code in a list. False without a package, or with a damaged one."""
        if not self.release:
            return False
        try:
            return code in self.store.code_lists().get(list_name)
        except AppError as error:
            log.info("reading the code lists: %s", error)
            return False

    def warm_up(self) -> None:
        """Let a child compile what an ordinary invoice needs. Never raises."""
        paths = self._paths(None)
        if not paths:
            return
        try:
            self._pool().call("app.validation.packages.child:prepare", paths, memory_mb=_MEMORY_MB)
        except AppError as error:
            log.info("warming up the official rules: %s", error)

    def check(
        self, raw: bytes, *, kind: str, issue_date: date | None, file_name: str = "", mode: str = ""
    ) -> list[Finding]:
        """Findings of XSD and Schematron. `issue_date` None for a draft: the release in use.

        `file_name` is the final name of a ledger, which its rules look at. `mode` overrides what the document's
        profile says (efatura, earchive, goruntuleme). Never raises for what a document or a package contains.
        """
        paths = self._paths(issue_date)
        if not paths:
            return NoPackage().check(raw, kind=kind, issue_date=issue_date)
        paths["sheets"] = str(self.store.sheets)
        size_mb = len(raw) / (1 << 20)
        options = {"today": self._today().isoformat(), "file_name": file_name, "mode": mode}
        try:
            answer = self._pool().call(
                _TARGET,
                paths,
                raw,
                options,
                deadline_s=_DEADLINE_S + size_mb * _DEADLINE_PER_MB_S,
                memory_mb=int(_MEMORY_MB + size_mb * _MEMORY_PER_MB),
            )
        except AppError as error:
            if error.code == "CHILD.CLOSED":
                raise
            return [_stopped(error)]
        findings = findings_of(answer["rows"], raw)
        return findings + [_missing(PackageKind(kind)) for kind in answer["missing"]]

    def check_ledger(
        self, path: Path, *, kind: str, file_name: str = "", progress: Progress | None = None
    ) -> LedgerVerdict:
        """See `OfficialRules`. Of a file that is larger than GİB takes only the schema is asked, and it says so."""
        paths = self._paths(None)
        if PackageKind.LEDGER.value not in paths:
            nothing = [_missing(PackageKind.LEDGER)] if paths else NoPackage().check(b"", kind=kind, issue_date=None)
            return LedgerVerdict(findings=nothing)
        paths["sheets"] = str(self.store.sheets)
        try:
            answers = ledger_files.ask(
                paths,
                path,
                today=self._today().isoformat(),
                file_name=file_name or path.name,
                shared=self._pool(),
                progress=progress or NoProgress(),
            )
            size = path.stat().st_size
        except AppError as error:
            if error.code == "CHILD.CLOSED" or not error.code.startswith(("CHILD.", "XML.", "PACKAGE.", "ZIP.")):
                raise
            return LedgerVerdict(findings=[_stopped(error)])
        findings = [finding for answer in answers for finding in findings_of(answer["rows"], None)]
        if size > ledger_files.LARGEST_BYTES:
            findings.append(_too_large(size))
        work = (
            EngineWork(**{key: answer[key] for key in ("engine", "how", "release")}, rules=tuple(answer["rules"]))
            for answer in answers
        )
        return LedgerVerdict(findings=findings, work=tuple(one for one in work if one.rules))

    def run_apart(self, target: str, *args: Any) -> Any:
        """Run a function in a child process. Raises: AppError, what it raised or CHILD.*."""
        return self._pool().call(target, *args, deadline_s=_APART_DEADLINE_S, memory_mb=_APART_MEMORY_MB)

    def _paths(self, day: date | None) -> dict[str, str]:
        found = ((kind, self.store.in_force(kind, day)) for kind in PackageKind)
        return {kind.value: str(self.store.path(one)) for kind, one in found if one is not None}


def findings_of(rows: Sequence[list[Any]], raw: bytes | None) -> list[Finding]:
    """The rows of a child in the user's words. `raw` is the document: where the official rules found fault with the
    document's sums, the line behind them is looked up in it (in None, a ledger, there is nothing to look up).
    """
    root: etree._Element | None = None
    findings = []
    for row in rows:
        finding, known = _finding(row)
        if known is not None and known.field.startswith("lines[]") and "[" not in finding.field:
            if root is None and raw is not None and len(raw) <= _LOOKED_INTO_BYTES:
                root = parse(raw).getroot()
            number = None if root is None else line_behind(root, finding.xpath, finding.code, known.field)
            if number is not None:
                finding = replace(finding, field=known.field.replace("lines[]", f"lines[{number}]", 1))
        if finding.fix and known is not None and known.field.startswith("lines[]") and "[" not in finding.field:
            # Without its line a mend would go astray.
            finding = replace(finding, fix="")
        findings.append(finding)
    return findings


def _finding(row: list[Any]) -> tuple[Finding, Explanation | None]:
    layer, severity, code, official, sentence, line, path = row
    known = explain(code, official)
    finding = Finding(
        Severity(severity),
        Layer(layer),
        code,
        place_in_draft(path, code, known.field if known else ""),
        known.message if known else sentence or official,
        explanation=known.why if known else "",
        official=official,
        fix=known.fix if known else "",
        line=line,
        xpath=path,
    )
    return finding, known


def _stopped(error: AppError) -> Finding:
    if error.code in _STOPPED:
        log.warning("official rules stopped: %s", error.code)
        message = (
            "GİB kurallarının denetimi yarıda kesildi; belge denetlenmiş sayılmaz. Yeniden deneyin; sürerse paketi "
            "yeniden yükleyin ya da destek ekibine iletin."
        )
        return Finding(
            Severity.ERROR,
            Layer.SCHEMATRON,
            "OFFICIAL.STOPPED",
            "",
            message,
            explanation=error.what,
            official=error.code,
        )
    layer = Layer.READ if error.code.startswith("XML.") else Layer.SCHEMATRON
    return Finding(Severity.ERROR, layer, error.code, "", error.sentence)


def _too_large(size: int) -> Finding:
    message = (
        f"Dosya {size / (1 << 20):.0f} MB; GİB en çok 200 MB'lık defter alır. Yalnız şeması (XSD) denetlendi. Defteri "
        "parçalara bölüp yeniden oluşturun."
    )
    return Finding(Severity.ERROR, Layer.SCHEMATRON, "OFFICIAL.TOO_LARGE", "", message)


def _missing(kind: PackageKind) -> Finding:
    layer = Layer.XSD if kind is PackageKind.UBL_TR else Layer.SCHEMATRON
    return Finding(
        Severity.INFO,
        layer,
        "OFFICIAL.NO_PACKAGE",
        "",
        f"{TITLES[kind]} kurulu değil; o paketin kuralları denetlenmedi. Ayarlar'dan ya da 'muhurdar package install' "
        "ile yükleyin.",
    )
