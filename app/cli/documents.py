"""document create | queue | list: every kind that a company issues."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli import invoices
from app.cli.inputs import read_json
from app.cli.shell import note, open_office, print_json, say
from app.domain.errors import EnvironmentFault
from app.domain.lifecycle import DocumentKind

cmd_queue = invoices.cmd_queue


def cmd_create(arguments: argparse.Namespace) -> int:
    """Store a draft of whatever kind its own words tell, print its ETTN."""
    from app.runtime.files import write_output
    from app.workflows import companies, papers

    data = read_json(arguments.draft)
    kind = papers.kind_of_draft(data)
    if kind is DocumentKind.INVOICE:
        return invoices.cmd_create(arguments)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        drafted = papers.save_paper(ctx, company, kind, data)
        document = drafted.document
        if arguments.output:
            xml = papers.build_paper(kind, document, office.template(company, kind))
            try:
                write_output(Path(arguments.output), xml)
            except EnvironmentFault as fault:
                # Without its ETTN the stored draft would be lost to the script that asked for it.
                raise EnvironmentFault(
                    fault.code,
                    f"Taslak kaydedildi (ETTN {document.uuid}), ama: {fault.what}",
                    why=fault.why,
                    todo=fault.todo,
                ) from fault
    for finding in drafted.findings:
        note(f"{finding.code} [{finding.field}]: {finding.message}")
    if arguments.json:
        print_json(
            {
                "ettn": document.uuid,
                "kind": kind.value,
                "number": document.number_text,
                "findings": [f.to_json() for f in drafted.findings],
            }
        )
    else:
        say(document.uuid)
    return 0


def cmd_list(arguments: argparse.Namespace) -> int:
    return invoices.list_documents(arguments, kind=DocumentKind(arguments.kind) if arguments.kind else None)
