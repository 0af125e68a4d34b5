"""company, connector, backup and restore; and a database that is not as it should be."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.demo import people


def _write(path: Path, value: Any) -> Path:
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode())
    return path


def test_company_is_added_changed_and_listed(run: Any, company_file: Path, tmp_path: Path) -> None:
    assert "Henüz firma yok" in run("company", "list").out
    added = run("company", "add", "--from", company_file, "--json").json("company add")
    assert added["tax_number"] == "9205121120"
    changed = _write(tmp_path / "yeni.json", people.SELLER | {"title": "Çınaraltı Yeni Unvan A.Ş."})
    assert run("company", "add", "--from", changed).out.startswith("Kaydedildi: Çınaraltı Yeni Unvan A.Ş.")
    (listed,) = run("company", "list", "--json").json("company list")["companies"]
    assert listed["title"] == "Çınaraltı Yeni Unvan A.Ş."


SELLER = people.SELLER
COMPANY_ERRORS = {
    "unknown key": (SELLER | {"unvan": "x"}, "unvan: Bilinmeyen alan"),
    "number as number": (SELLER | {"vkn": 9205121120}, "vkn: Metin olmalı"),
    "short vkn": (SELLER | {"vkn": "123"}, "vkn: 3 rakam"),
    "no number": ({k: v for k, v in SELLER.items() if k != "vkn"}, "vkn"),
    "address as text": (SELLER | {"address": "İstanbul"}, "address"),
    "logo not there": (SELLER | {"logo": "yok.png"}, "logo"),
    "shared series": (SELLER | {"series": {"einvoice": "AAA", "export": "AAA"}}, "AAA"),
    "empty object": ({}, "vkn"),
}


@pytest.mark.parametrize("wrong", COMPANY_ERRORS)
def test_wrong_company_card_names_the_field(run: Any, tmp_path: Path, wrong: str) -> None:
    value, word = COMPANY_ERRORS[wrong]
    run("company", "add", "--from", _write(tmp_path / "firma.json", value)).refused(2, word)
    assert "Henüz firma yok" in run("company", "list").out


JSON_ERRORS: dict[str, tuple[bytes, str]] = {
    "JSON.SYNTAX": (b'{"a": 1,', "1. satır, 9. sütun"),
    "JSON.SHAPE": (b"[1]", "nesnesi değil"),
    "JSON.EMPTY": (b" \n", "boş"),
    "JSON.ENCODING": ('{"a": "şğı"}'.encode("iso-8859-9"), "UTF-8 değil"),
    "JSON.DEEP": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "İç içe"),
    "JSON.NUMBER": (b'{"a": ' + b"9" * 5000 + b"}", "uzun bir sayı"),
    "JSON.TEXT": (b'{"a": "\\ud800"}', "yarım bir karakter"),
    "JSON.DOUBLED": (b'{"vkn": "1", "vkn": "2"}', "iki kez"),
    "FILE.TOO_BIG": (b" " * (17 * 1024 * 1024), "16 MB"),
}


@pytest.mark.parametrize("code", JSON_ERRORS)
def test_broken_json_is_one_sentence(run: Any, tmp_path: Path, code: str) -> None:
    content, word = JSON_ERRORS[code]
    path = _write(tmp_path / "firma.json", content)
    run("company", "add", "--from", path).refused(2, word, "firma.json")
    assert run("company", "add", "--from", path, "--json").json("error")["error"]["code"] == code


def test_json_file_that_is_not_there(run: Any, tmp_path: Path) -> None:
    run("company", "add", "--from", tmp_path / "yok.json").refused(2, "Dosya bulunamadı")
    run("company", "add", "--from", tmp_path).refused(2, "bir klasör")


# --- connector --------------------------------------------------------------------------------------------------------


def _set(run: Any, company: str, *more: str, url: str = "https://efatura.example.com", key: str = "izibiz") -> Any:
    words = ("--key", key, "--url", url, "--user", "deneme", "--password-env", "PAROLA")
    return run("connector", "set", "--company", company, *words, *more)


def test_connector_is_set(run: Any, company: str, data_dir: Path) -> None:
    shown = _set(run, company, "--set", "einvoice_path=/EFaturaOIB", "--json").json("connector set")
    assert shown["kind"] == "live"
    assert "GERÇEK ortam" in _set(run, company).out
    assert "deneme ortamı" in _set(run, company, url="http://127.0.0.1:9").out
    assert "test ortamı" in _set(run, company, url="https://efaturatest.izibiz.com.tr").out
    assert (data_dir / "vault.bin").exists()


@pytest.mark.parametrize(
    ("more", "options", "code", "word"),
    [
        ((), {"url": "http://efatura.example.com"}, 1, "https"),
        ((), {"url": "https://"}, 1, "adresi okunamadı"),
        ((), {"url": "https://a:b@efatura.example.com"}, 1, "adresi okunamadı"),
        ((), {"key": "baska"}, 1, "Bilinmeyen entegratör"),
        (("--set", "einvoice_path"), {}, 2, "AD=DEĞER"),
        (("--set", "yok=1"), {}, 2, "böyle bir ayar tanımıyor: yok"),
        (("--set", "timeout_s=uzun"), {}, 1, "timeout_s"),
        (("--password-env", "BOYLE_YOK"), {}, 1, "BOYLE_YOK boş ya da tanımlı değil"),
    ],
)
def test_wrong_connector_is_not_stored(
    run: Any, company: str, more: tuple[str, ...], options: dict[str, str], code: int, word: str
) -> None:
    _set(run, company, *more, **options).refused(code, word)
    run("sync", "--company", company).refused(1, "entegratör tanımlı değil")


def test_connector_of_an_unknown_company(run: Any, company: str) -> None:
    _set(run, "1234567808").refused(1, "kayıtlı firma yok")


def test_password_has_no_place_without_a_vault(run: Any, company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUHURDAR_VAULT_PASSPHRASE")
    _set(run, company).refused(1, "güvenli bir yer yok", "MUHURDAR_VAULT_PASSPHRASE")
    monkeypatch.setenv("BASKA_DEGISKEN", "kasa-icin-baska-bir-parola")
    assert _set(run, company, "--vault-passphrase-env", "BASKA_DEGISKEN").code == 0


def test_locked_vault_is_said_once(run: Any, company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _set(run, company, url="http://127.0.0.1:9").code == 0
    monkeypatch.delenv("MUHURDAR_VAULT_PASSPHRASE")
    run("sync", "--company", company).refused(1, "Kasa parolası verilmedi")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "yanlis-parola")
    run("sync", "--company", company).refused(1, "Kasa parolası yanlış")


# --- backup and restore -----------------------------------------------------------------------------------------------


def test_backup_then_restore(run: Any, company: str, tmp_path: Path) -> None:
    copy = tmp_path / "yedek.db"
    made = run("backup", copy, "--json").json("backup")
    assert made["companies"] == 1 and made["size_bytes"] == copy.stat().st_size
    fresh = tmp_path / "yeni"
    looked = run("restore", copy, "--dry-run", "--data-dir", fresh)
    assert looked.code == 0 and "Hiçbir şey değiştirilmedi" in looked.out
    assert not (fresh / "muhurdar.db").exists()
    assert run("restore", copy, "--data-dir", fresh, "--json").json("backup")["kept_aside"] is None
    assert company in run("company", "list", "--data-dir", fresh).out
    again = run("restore", copy, "--data-dir", fresh)
    assert again.code == 0 and "Önceki veritabanı saklandı" in again.out
    assert "bir sonraki mühürden önce entegratörle karşılaştırılacak" in again.out


def test_backup_refuses(run: Any, company: str, data_dir: Path, tmp_path: Path) -> None:
    run("backup", tmp_path).refused(1, "Dosya yazılamadı")
    run("backup", data_dir / "muhurdar.db").refused(2, "kendi üzerine")
    run("backup", tmp_path / "y.db", "--data-dir", tmp_path / "bos").refused(2, "Yedeklenecek veritabanı yok")
    if Path("/dev/null").is_char_device():
        run("backup", "/dev/null").refused(2, "bir dosya değil")
        assert Path("/dev/null").is_char_device()


def test_restore_refuses(run: Any, company: str, company_file: Path, tmp_path: Path) -> None:
    run("restore", tmp_path / "yok.db").refused(2, "Dosya bulunamadı")
    run("restore", tmp_path).refused(2, "bir klasör")
    run("restore", company_file).refused(2, "yedeği değil", "dokunulmadı")
    foreign = tmp_path / "baska.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    ran = run("restore", foreign)
    ran.refused(ran.code)
    assert ran.code != 0
    assert company in run("company", "list").out


# --- a database that is not as it should be ---------------------------------------------------------------------------


def test_database_of_a_newer_program(run: Any, company: str, data_dir: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(data_dir / "muhurdar.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    run("company", "list").refused(1, "daha yeni bir sürüm", "Programı güncelleyip")
    assert run("company", "list", "--json").json("error")["error"]["code"] == "STORAGE.NEWER"
    run("backup", tmp_path / "yedek.db").refused(1, "daha yeni bir sürüm")
    assert not (tmp_path / "yedek.db").exists()


@pytest.mark.parametrize("damage", ["text", "torn"])
def test_damaged_database(run: Any, company: str, data_dir: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "yedek.db"
    assert run("backup", copy).code == 0
    path = data_dir / "muhurdar.db"
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    content = path.read_bytes()
    path.write_bytes(b"bu bir metin dosyasi " * 50 if damage == "text" else content[:4096] + b"\xff" * len(content))
    run("company", "list").refused(1, "bozuk", "restore")
    run("backup", tmp_path / "iki.db").refused(1, "bozuk")
    assert not (tmp_path / "iki.db").exists()
    assert run("restore", copy).code == 0
    assert company in run("company", "list").out


def test_data_folder_that_cannot_be_made(run: Any, company_file: Path) -> None:
    run("company", "list", "--data-dir", company_file).refused(1, "Veri klasörü hazırlanamadı")


def test_of_several_accounts_one_sends(run: Any, company: str, data_dir: Path) -> None:
    assert _set(run, company, "--json").json("connector set")["sends"] is True
    # A second integrator's account, as another connector would have stored it before this one.
    with sqlite3.connect(data_dir / "muhurdar.db") as connection:
        connection.execute(
            "INSERT INTO account (id, company_id, connector, url, user_name, secret_name, settings, labels)"
            " SELECT 0, company_id, 'eski', url, user_name, secret_name, '{}', '[]' FROM account"
        )
    connection.close()
    told = _set(run, company)
    assert "yalnız gelenler alınır" in told.out
    assert _set(run, company, "--sends", "--json").json("connector set")["sends"] is True
    assert "yalnız" not in _set(run, company).out, "the choice stays"
