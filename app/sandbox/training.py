"""What a fresh sandbox holds when it is started by hand: one account to log in with, buyers, some invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.sandbox.firms import firms

if TYPE_CHECKING:
    from app.sandbox.server import Sandbox

USER = "deneme"
PASSWORD = "deneme"
VKN = "4840847211"
TITLE = "Deneme Ticaret Limited Şirketi"
GB = "urn:mail:defaultgb@deneme.example"
PK = "urn:mail:defaultpk@deneme.example"
INCOMING = 25


def furnish(sandbox: Sandbox) -> str:
    """Fill a sandbox that has no account yet; returns the lines that tell the user how to log in (or nothing)."""
    if sandbox.integrator.store.rows("SELECT 1 FROM accounts"):
        return ""
    sandbox.add_account(USER, PASSWORD, vkn=VKN, title=TITLE, gb=[GB], pk=[PK], seals="either")
    for firm in firms():
        sandbox.register(firm.party.tax_number.digits, firm.party.display_name, pk=[firm.pk], gb=[firm.gb])
    sandbox.add_incoming(count=INCOMING, to_vkn=VKN)
    return (
        f"Kullanıcı: {USER}   Parola: {PASSWORD}\n"
        f"VKN: {VKN}   Gönderici birim: {GB}   Posta kutusu: {PK}\n"
        f"Gelen kutusunda {INCOMING} deneme faturası var.\n"
    )
