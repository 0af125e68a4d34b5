"""ledger summarise: a voucher too large for any part, put together by account."""

from __future__ import annotations

import argparse
import getpass
from dataclasses import replace
from typing import TYPE_CHECKING

from app.cli.ledger import period_of
from app.cli.shell import note, open_office, print_json, say
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.workflows.ledger_summarise import SummaryPreview

_TOLD_ACCOUNTS = 20
_MB = 1024 * 1024


def cmd_summarise(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done, undone or shown; nothing is changed without --yes or --undo."""
    from app.workflows import companies, ledger_summarise

    if arguments.yes + arguments.undo + arguments.preview > 1:
        raise InputError(
            "LEDGER.SUMMARY_WORD",
            "Ne yapılacağı anlaşılmadı.",
            why="--preview, --yes ve --undo birlikte verilemez.",
            todo="Önce --preview ile bakın, sonra --yes ile uygulayın.",
        )
    period = replace(period_of(arguments.period), is_liquidation=arguments.side == "after")
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        where = {"folder": office.folder.ledgers, "branch_no": arguments.branch}
        if arguments.undo:
            count = ledger_summarise.undo_summary(ctx, company, period, arguments.entry, **where)
            if arguments.json:
                print_json({"entry": arguments.entry, "undone": True, "lines": count})
            else:
                say(f"{arguments.entry} numaralı maddenin {count} satırı eski haline döndü.")
            return 0
        if arguments.yes:
            who = arguments.who or getpass.getuser()
            preview = ledger_summarise.summarise(ctx, company, period, arguments.entry, who=who, **where)
        else:
            preview = ledger_summarise.preview_summary(company, period, arguments.entry, **where)
    if arguments.json:
        print_json({**preview.to_json(), "done": arguments.yes})
    else:
        _tell(preview, is_done=arguments.yes)
    return 0


def _tell(preview: SummaryPreview, *, is_done: bool) -> None:
    from app.domain.turkish import format_amount
    from app.storage.ledgers.queries import amount

    say(
        f"{preview.entry} numaralı madde ({preview.reference.partition('@')[0]}): {preview.lines_before} satır →"
        f" {preview.lines_after} satır, {preview.bytes_before / _MB:.1f} MB → {preview.bytes_after / _MB:.1f} MB;"
        f" borç {format_amount(amount(preview.debit))}, alacak {format_amount(amount(preview.credit))} (değişmez)"
    )
    for code, name, side, before, after, units in preview.accounts[:_TOLD_ACCOUNTS]:
        title = "borç" if side == "D" else "alacak"
        say(f"  {code} {name} {title}: {before} → {after} satır, {format_amount(amount(units))}")
    if len(preview.accounts) > _TOLD_ACCOUNTS:
        say(f"  … ve {len(preview.accounts) - _TOLD_ACCOUNTS} hesap daha (--json hepsini yazar).")
    if preview.texts_lost:
        note(f"{preview.texts_lost} satırın kendi açıklaması 'N satırın toplamı' olur; asılları saklanır.")
    if preview.numbers_change:
        note("Kaynağın satır numaraları bu ayda geçersiz kalır; numaraları program verir, sonraki aylarda da öyle.")
    if not is_done:
        note("Hiçbir şey değiştirilmedi; uygulamak için --yes verin." if preview.helps else "Birleşebilecek satır yok.")
