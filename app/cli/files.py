"""validate, render, sign, verify: commands on files, no database."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.inputs import read_file
from app.cli.shell import note, open_office, print_json, say, sealer_of
from app.domain.errors import AppError, InputError, SealError

if TYPE_CHECKING:
    from app.domain.findings import Finding
    from app.validation.official import OfficialRules
    from app.workflows.printing import Page

_MARKS = {"error": "HATA", "warning": "UYARI", "info": "BİLGİ"}


def cmd_validate(arguments: argparse.Namespace) -> int:
    """Findings per file; exit 0 no errors, 1 errors, 2 unreadable (said on stderr too)."""
    from app.domain.findings import Layer, has_errors
    from app.runtime.clock import SystemClock

    today = SystemClock().today()
    shown: list[dict[str, Any]] = []
    is_unreadable = has_error = False
    for name, kind, findings in _checked(arguments, today):
        bad = has_errors(findings)
        has_error = has_error or bad
        for finding in findings:
            if finding.layer is Layer.READ and finding.severity == "error":
                is_unreadable = True
                note(f"{name}: {finding.message}")
        shown.append({"file": name, "kind": kind, "ok": not bad, "findings": [f.to_json() for f in findings]})
    if arguments.json:
        print_json({"files": shown})
    else:
        for entry in shown:
            _show_findings(entry)
    return 2 if is_unreadable else 1 if has_error else 0


#: How many documents are looked at together once an official package is installed, and how many wait in memory.
_WORKERS = 2
_WAITING = 8


def _checked(arguments: argparse.Namespace, today: date) -> Iterator[tuple[str, str, list[Finding]]]:
    """(name, kind, findings) of every document, in the order given."""
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor

    from app.runtime.paths import DataFolder, resolve_data_dir
    from app.workflows.validating import check_document, documents_of

    def look(
        name: str, document: bytes | Path | AppError, rules: OfficialRules | None
    ) -> tuple[str, str, list[Finding]]:
        if isinstance(document, AppError):
            return name, "unknown", [_read_finding(document)]
        report = check_document(document, today=today, rules=rules, file_name=re.split(r"[/\\!]", name)[-1])
        return name, report.kind, report.findings

    inputs = (found for name in arguments.files for found in documents_of(Path(name), read=read_file))
    # Only an office that has packages is opened: a file can be checked without any data folder.
    if not (DataFolder(resolve_data_dir(arguments.data_dir)).packages / "index.json").is_file():
        for name, document in inputs:
            yield look(name, document, None)
        return
    waiting: deque[Future[tuple[str, str, list[Finding]]]] = deque()
    with open_office(arguments) as office, ThreadPoolExecutor(_WORKERS) as workers:
        rules = office.rules
        try:
            for name, document in inputs:
                waiting.append(workers.submit(look, name, document, rules))
                if len(waiting) >= _WAITING:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _read_finding(problem: AppError) -> Finding:
    from app.domain.findings import Finding, Layer, Severity

    return Finding(Severity.ERROR, Layer.READ, problem.code, "", problem.sentence)


def _show_findings(entry: dict[str, Any]) -> None:
    say(f"{entry['file']}: {'uygun' if entry['ok'] else 'HATALI'} ({entry['kind']})")
    for finding in entry["findings"]:
        place = f" [{finding['field']}]" if finding["field"] else ""
        line = f" ({finding['line']}. satır)" if finding["line"] else ""
        say(f"  {_MARKS[finding['severity']]} {finding['code']}{place}{line}: {finding['message']}")


def cmd_render(arguments: argparse.Namespace) -> int:
    """Draw documents; one that could not be drawn does not stop the others. Many PDFs go into one file."""
    from app.rendering.html import Renderer
    from app.rendering.pdf import PdfPrinter
    from app.runtime.children import ChildPool
    from app.workflows import printing

    form: printing.Form = next(name for name in ("html", "pdf", "png") if getattr(arguments, name))
    out = Path(getattr(arguments, form))
    report = printing.PrintReport()
    pages = []
    for name in arguments.files:
        try:
            found = _pages(Path(name))
        except AppError as problem:
            report.failed.append((name, problem))
            continue
        if len(found) > 1:
            report.notes.append((name, f"Zarfta {len(found)} belge var; hepsi çizildi."))
        pages += found
    if pages:
        printer = PdfPrinter() if form != "html" else None
        with ChildPool() as pool:
            renderer = Renderer(pool)
            try:
                is_lone_envelope = len(arguments.files) == 1 and len(pages) > 1
                if out.is_dir() or (len(arguments.files) > 1 and form != "pdf"):
                    drawn = printing.print_each(pages, renderer=renderer, printer=printer, folder=out, form=form)
                elif len(pages) > 1 and printer is not None:
                    drawn = printing.print_merged(pages, renderer=renderer, printer=printer, out=out)
                elif is_lone_envelope:
                    drawn = printing.print_beside(pages, renderer=renderer, printer=printer, out=out, form=form)
                else:
                    drawn = printing.print_one(pages[0], renderer=renderer, printer=printer, out=out, form=form)
            finally:
                if printer is not None:
                    printer.close()
        report.written = drawn.written
        report.notes += drawn.notes
        report.failed += drawn.failed
    for name, remark in report.notes:
        note(f"{name}: {remark}")
    for name, error in report.failed:
        note(f"{name}: {error.sentence}")
    if arguments.json:
        print_json(report.to_json())
    elif report.written:
        say(
            f"Yazıldı: {report.written[0]}"
            if len(report.written) == 1
            else f"{len(report.written)} dosya yazıldı: {out}"
        )
    if report.failed and all(isinstance(error, InputError) for _, error in report.failed):
        return 1 if report.written else 2
    return 1 if report.failed else 0


def _pages(path: Path) -> list[Page]:
    """One file to draw: a page, or one for each document of an envelope. Raises: InputError when it cannot be read or
    is no document at all."""
    from app.ubl.reader import summarize
    from app.validation.enveloped import carried_by
    from app.workflows.printing import Page
    from app.workflows.viewing import watermark_of

    raw = read_file(path)
    kind = str(summarize(raw).kind)
    if kind == "unknown":
        raise InputError(
            "XML.UNKNOWN",
            "Dosya bir e-belge değil.",
            why="Kök elemanı tanınmadı.",
            todo="Bir e-Fatura, e-Arşiv ya da e-İrsaliye dosyası seçin.",
        )
    carried = carried_by(raw)[1] if kind == "envelope" else []
    if not carried:
        return [Page(name=path.stem, raw=raw, watermark=watermark_of(raw))]
    return [
        Page(
            name=path.stem if len(carried) == 1 else f"{path.stem}-{one.index + 1}-{one.name}",
            raw=one.raw,
            watermark=watermark_of(one.raw),
        )
        for one in carried
    ]


def cmd_sign(arguments: argparse.Namespace) -> int:
    """Seal one file with the seal given; the output is written whole or not at all."""
    from app.runtime.clock import SystemClock
    from app.runtime.files import write_output
    from app.signing.xades import seal_ubl, signatory_of

    raw = read_file(arguments.file)
    with sealer_of(arguments, signatory_of(raw)) as sealer:
        if sealer is None:
            raise SealError("SEAL.MISSING", "Mühür verilmedi.", todo="--pkcs11 veya --pkcs12 ile bir mühür gösterin.")
        sealed = seal_ubl(raw, sealer, signing_time=SystemClock().now())
    write_output(Path(arguments.output), sealed)
    if sealer.is_test:
        note("Bu bir TEST mührüdür: belgenin mali değeri yoktur.")
    if arguments.json:
        import hashlib

        print_json({"file": arguments.output, "seal": sealer.title, "sha256": hashlib.sha256(sealed).hexdigest()})
    else:
        say(f"Mühürlendi: {arguments.output} ({sealer.title})")
    return 0


def cmd_verify(arguments: argparse.Namespace) -> int:
    """Say in words whether the seal holds; exit 0 valid, 1 not, 2 unreadable."""
    from app.workflows.validating import verify_file

    report = verify_file(read_file(arguments.file), trust=[read_file(p) for p in arguments.trust])
    if arguments.json:
        print_json({"file": arguments.file, **report.to_json()})
        return 0 if report.valid else 1
    if not report.signatures:
        say(f"{arguments.file}: mühür yok.")
    for signature in report.signatures:
        say(f"{arguments.file}: mühür {'geçerli' if signature.valid else 'GEÇERSİZ'}")
        certificate = signature.certificate
        if certificate is not None:
            say(f"  Sahibi: {certificate.owner_name} ({certificate.owner or 'numara yok'})")
            life = f"{certificate.not_before:%d.%m.%Y} – {certificate.not_after:%d.%m.%Y}"
            say(f"  Sertifika: {life}, veren: {_common_name(certificate.issuer)}")
        if signature.signing_time is not None:
            say(f"  İmza zamanı: {signature.signing_time:%d.%m.%Y %H:%M:%S %Z}")
        if (stamp := signature.time_stamp) is not None:
            verdict = {True: "geçerli", False: "GEÇERSİZ", None: "denetlenemedi"}[stamp.valid]
            when = f"{stamp.time:%d.%m.%Y %H:%M:%S %Z}" if stamp.time else "zamanı okunamadı"
            say(f"  Zaman damgası: {when}, {stamp.authority or 'kurumu belli değil'} ({verdict})")
        for reason in signature.reasons:
            say(f"  - {reason}")
    return 0 if report.valid else 1


def _common_name(distinguished: str) -> str:
    """The CN of an RFC 4514 name, which is what people know an authority by."""
    found = re.search(r"(?:^|[,+])CN=((?:\\.|[^,+\\])+)", distinguished)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else distinguished
