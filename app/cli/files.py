"""validate, render, sign, verify: commands on files, no database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.cli.shell import note, open_sealer, print_json, say
from app.domain.errors import AppError, InputError, SealError

_MARKS = {"error": "HATA", "warning": "UYARI", "info": "BİLGİ"}


def cmd_validate(arguments: argparse.Namespace) -> int:
    """Findings per file; exit 0 no errors, 1 errors, 2 unreadable."""
    from app.domain.findings import Layer, has_errors
    from app.runtime.clock import SystemClock
    from app.validation.files import check_file

    today = SystemClock().today()
    shown: list[dict[str, Any]] = []
    is_unreadable = has_error = False
    for name, raw, problem in _inputs(arguments.files):
        if problem is not None:
            is_unreadable = True
            entry = {"file": name, "kind": "unknown", "ok": False, "findings": [_read_finding(problem)]}
        else:
            report = check_file(raw, today=today)
            bad = has_errors(report.findings)
            has_error = has_error or bad
            is_unreadable = is_unreadable or any(
                f.layer is Layer.READ and f.severity == "error" for f in report.findings
            )
            entry = {
                "file": name,
                "kind": report.kind,
                "ok": not bad,
                "findings": [f.to_json() for f in report.findings],
            }
        shown.append(entry)
    if arguments.json:
        print_json({"files": shown})
    else:
        for entry in shown:
            _show_findings(entry)
    return 2 if is_unreadable else 1 if has_error else 0


def _inputs(paths: list[str]) -> Iterator[tuple[str, bytes, AppError | None]]:
    """Every document of the given files, zips and folders as (name, bytes, problem)."""
    from app.runtime.safezip import iter_members

    for text in paths:
        path = Path(text)
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        if path.is_dir() and not files:
            yield str(path), b"", InputError("FOLDER.EMPTY", "Klasörde dosya yok.", todo="Başka bir klasör seçin.")
        for file in files:
            try:
                raw = file.read_bytes()
            except FileNotFoundError:
                yield (
                    str(file),
                    b"",
                    InputError("FILE.MISSING", f"Dosya bulunamadı: {file}.", todo="Yolu kontrol edin."),
                )
                continue
            if raw[:4] != b"PK\x03\x04":
                yield str(file), raw, None
                continue
            try:
                for member in iter_members(raw):
                    yield f"{file}!{member.name}", member.data, None
            except AppError as problem:
                yield str(file), b"", problem


def _read_finding(problem: AppError) -> dict[str, Any]:
    from app.domain.findings import Finding, Layer, Severity

    return Finding(Severity.ERROR, Layer.READ, problem.code, "", problem.sentence).to_json()


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
    pages = [_page(Path(name)) for name in arguments.files]
    printer = PdfPrinter() if form != "html" else None
    with ChildPool() as pool:
        renderer = Renderer(pool)
        try:
            if out.is_dir() or (len(pages) > 1 and form != "pdf"):
                report = printing.print_each(pages, renderer=renderer, printer=printer, folder=out, form=form)
            elif len(pages) > 1 and printer is not None:
                report = printing.print_merged(pages, renderer=renderer, printer=printer, out=out)
            else:
                report = printing.print_one(pages[0], renderer=renderer, printer=printer, out=out, form=form)
        finally:
            if printer is not None:
                printer.close()
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
    return 1 if report.failed else 0


def _page(path: Path) -> Any:
    from app.workflows.printing import Page
    from app.workflows.viewing import watermark_of

    raw = path.read_bytes()
    try:
        watermark = watermark_of(raw)
    except AppError:
        # Unreadable as XML: the renderer says so in its own words.
        watermark = ""
    return Page(name=path.stem, raw=raw, watermark=watermark)


def cmd_sign(arguments: argparse.Namespace) -> int:
    """Seal one file with the seal given; the output is written whole or not at all."""
    from app.runtime.clock import SystemClock
    from app.runtime.files import write_output
    from app.signing.xades import seal_ubl, signatory_of

    raw = Path(arguments.file).read_bytes()
    sealer = open_sealer(arguments, signatory_of(raw))
    if sealer is None:
        raise SealError("SEAL.MISSING", "Mühür verilmedi.", todo="--pkcs11 veya --pkcs12 ile bir mühür gösterin.")
    if sealer.is_test:
        note("Bu bir TEST mührüdür: belgenin mali değeri yoktur.")
    sealed = seal_ubl(raw, sealer, signing_time=SystemClock().now())
    write_output(Path(arguments.output), sealed)
    if arguments.json:
        import hashlib

        print_json({"file": arguments.output, "seal": sealer.title, "sha256": hashlib.sha256(sealed).hexdigest()})
    else:
        say(f"Mühürlendi: {arguments.output} ({sealer.title})")
    return 0


def cmd_verify(arguments: argparse.Namespace) -> int:
    """Say in words whether the seal holds; exit 0 valid, 1 not, 2 unreadable."""
    from app.signing.verify import verify_document

    raw = Path(arguments.file).read_bytes()
    report = verify_document(raw, trust=[Path(p).read_bytes() for p in arguments.trust])
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
            say(f"  Sertifika: {life}, {certificate.issuer}")
        if signature.signing_time is not None:
            say(f"  İmza zamanı: {signature.signing_time:%d.%m.%Y %H:%M:%S %Z}")
        for reason in signature.reasons:
            say(f"  - {reason}")
    return 0 if report.valid else 1
