"""Column mappings in a ledger file: kept, found, replaced, forgotten."""

from __future__ import annotations

from pathlib import Path

from app.storage.ledgers import mappings
from app.storage.ledgers.database import LedgerDatabase

LOGO = {"columns": {"Kod": "sub_id", "Açıklama": "comment"}, "decimals": ",", "days": "dmy"}


def test_a_mapping_is_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "9205121120-2026.db"
    ledger = LedgerDatabase.open(path)
    with ledger.write(mappings.KEPT) as connection:
        mappings.save_mapping(connection, "Logo", {"columns": {}})
        mappings.save_mapping(connection, "Mikro", {"columns": {"Hesap": "main_id"}})
        mappings.save_mapping(connection, "Logo", LOGO)
    ledger.close()
    ledger = LedgerDatabase.open(path)
    with ledger.read() as connection:
        assert mappings.mapping_names(connection) == ["Logo", "Mikro"]
        assert mappings.load_mapping(connection, "Logo") == LOGO
        assert mappings.load_mapping(connection, "logo") is None
    with ledger.write(mappings.KEPT) as connection:
        assert mappings.delete_mapping(connection, "Logo") and not mappings.delete_mapping(connection, "Logo")
        assert mappings.mapping_names(connection) == ["Mikro"]
    ledger.close()
