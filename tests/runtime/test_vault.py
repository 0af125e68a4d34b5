from __future__ import annotations

import hashlib
import json
import os
import pickle
import struct
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import ConfigError, EnvironmentFault, StorageError
from app.runtime import filelock
from app.runtime.vault import KdfParameters, Vault

PHRASE = "doğru at pil zımba"
# The smallest cost Argon2id takes: the tests are about the file, not about the waiting.
QUICK = KdfParameters(iterations=1, lanes=1, memory_kib=8)


def make(path: Path, phrase: str = PHRASE) -> Vault:
    return Vault(path, phrase, kdf=QUICK)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.bin"


def test_what_is_put_in_comes_out_in_another_process_of_the_office(path: Path) -> None:
    vault = make(path)
    vault.set("izibiz/1", "ş€kerli-parola")
    vault.set("izibiz/2", "x" * 100_000)
    again = Vault(path, PHRASE)
    assert again.get("izibiz/1") == "ş€kerli-parola"
    assert again.get("izibiz/2") == "x" * 100_000
    assert again.get("yok") is None
    again.delete("izibiz/1")
    again.delete("yok")
    assert vault.get("izibiz/1") is None


def test_nothing_is_readable_in_the_file(path: Path) -> None:
    make(path).set("hesap-adi-4711", "cok-gizli-deger")
    raw = path.read_bytes()
    for secret in ("hesap-adi-4711", "cok-gizli-deger", PHRASE):
        assert secret.encode() not in raw


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: permissions")
def test_the_file_is_for_this_user_only(path: Path) -> None:
    make(path).set("a", "değer")
    assert path.stat().st_mode & 0o777 == 0o600


def test_default_parameters_are_those_of_the_rfc(path: Path) -> None:
    Vault(path, PHRASE)
    header = _header(path.read_bytes())
    assert header["kdf"] == {"iterations": 3, "lanes": 4, "memory_kib": 65536}


def test_every_write_takes_a_new_nonce(path: Path) -> None:
    vault = make(path)
    nonces = set()
    for i in range(5):
        vault.set("a", f"değer {i}")
        nonces.add(_header(path.read_bytes())["nonce"])
    assert len(nonces) == 5


def test_a_wrong_passphrase_is_told_from_a_damaged_file(path: Path) -> None:
    make(path).set("a", "değer")
    before = path.read_bytes()
    with pytest.raises(ConfigError) as wrong:
        Vault(path, "yanlış parola")
    assert wrong.value.code == "VAULT.PASSPHRASE"
    assert "yanlış parola" not in wrong.value.sentence
    assert path.read_bytes() == before


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    for phrase in ("", "  "):
        with pytest.raises(ConfigError) as caught:
            Vault(path, phrase)
        assert caught.value.code == "VAULT.NO_PASSPHRASE"
    assert not path.exists()


def test_a_letter_typed_in_two_ways_is_one_letter(path: Path) -> None:
    make(path, unicodedata.normalize("NFD", "şçğüö şifre")).set("a", "değer")
    assert Vault(path, unicodedata.normalize("NFC", "şçğüö şifre")).get("a") == "değer"


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_changed_byte_is_noticed(path: Path, data: st.DataObject) -> None:
    path.unlink(missing_ok=True)
    make(path).set("a", "değer")
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    path.write_bytes(raw)
    with pytest.raises(StorageError) as caught:
        Vault(path, PHRASE)
    assert caught.value.code == "VAULT.DAMAGED"


@pytest.mark.parametrize("field", ["nonce", "format", "kdf"])
def test_a_header_changed_with_a_fresh_checksum_is_refused(path: Path, field: str) -> None:
    """The checksum is no secret; what protects the header is that GCM authenticates it."""
    make(path).set("a", "değer")
    values = {"nonce": "00" * 12, "format": 0, "kdf": {"iterations": 1, "lanes": 1, "memory_kib": 9}}
    _rewrite(path, {field: values[field]})
    with pytest.raises((StorageError, ConfigError)) as caught:
        Vault(path, PHRASE)
    # Other Argon2id parameters give another check value: it looks like a wrong passphrase, and opens nothing.
    assert caught.value.code == ("VAULT.PASSPHRASE" if field == "kdf" else "VAULT.DAMAGED")


@pytest.mark.parametrize("kdf", [{"memory_kib": 2**30}, {"iterations": 10**6}, {"lanes": 4096}, {"iterations": 0}])
def test_a_header_that_would_fill_the_memory_is_refused_before_it_is_tried(path: Path, kdf: dict[str, int]) -> None:
    make(path).set("a", "değer")
    _rewrite(path, {"kdf": {"iterations": 1, "lanes": 1, "memory_kib": 8, **kdf}})
    with pytest.raises(StorageError) as caught:
        Vault(path, PHRASE)
    assert caught.value.code == "VAULT.DAMAGED"


def test_a_newer_format_is_said(path: Path) -> None:
    make(path).set("a", "değer")
    _rewrite(path, {"format": 2})
    with pytest.raises(StorageError) as caught:
        Vault(path, PHRASE)
    assert caught.value.code == "VAULT.NEWER"


def test_a_vault_replaced_meanwhile_is_not_overwritten(path: Path) -> None:
    vault = make(path)
    vault.set("a", "değer")
    path.unlink()
    make(path, "başka parola").set("b", "başka değer")
    with pytest.raises(ConfigError) as caught:
        vault.set("c", "üçüncü değer")
    assert caught.value.code == "VAULT.REPLACED"
    assert Vault(path, "başka parola").get("b") == "başka değer"


def test_two_threads_writing_lose_nothing(path: Path) -> None:
    vaults = [make(path), Vault(path, PHRASE)]

    def write(index: int) -> None:
        for i in range(10):
            vaults[index].set(f"{index}/{i}", f"değer {i}")

    threads = [threading.Thread(target=write, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [f"{index}/{i}" for index in range(2) for i in range(10)]
    fresh = Vault(path, PHRASE)
    assert [name for name in names if fresh.get(name) is None] == []


def test_two_processes_that_start_together_share_one_vault(path: Path, project: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.runtime.vault import Vault, KdfParameters\n"
        "v = Vault(Path(sys.argv[1]), 'ortak parola', kdf=KdfParameters(iterations=1, lanes=1, memory_kib=8))\n"
        "for i in range(10): v.set(f'{sys.argv[2]}/{i}', f'deger {i}')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name], cwd=project) for name in "abc"]
    assert [p.wait(120) for p in running] == [0, 0, 0]
    fresh = Vault(path, "ortak parola")
    assert [n for n in (f"{p}/{i}" for p in "abc" for i in range(10)) if fresh.get(n) is None] == []


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: signals")
@pytest.mark.parametrize(("moment", "expected"), [("before", "eski değer"), ("after", "yeni değer")])
def test_a_kill_while_writing_leaves_the_old_or_the_new_vault(
    path: Path, project: Path, moment: str, expected: str
) -> None:
    make(path).set("a", "eski değer")
    code = (
        "import sys; from pathlib import Path; from app.runtime.vault import Vault\n"
        f"Vault(Path(sys.argv[1]), {PHRASE!r}).set('a', 'yeni değer')\n"
    )
    env = {**os.environ, "MUHURDAR_CRASH_AT": f"file.vault:{moment}"}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=env, cwd=project, check=False, timeout=60)
    assert done.returncode == -9
    assert Vault(path, PHRASE).get("a") == expected  # and the dead process's lock is free


def test_neither_repr_nor_pickle_nor_attributes_give_the_passphrase(path: Path) -> None:
    vault = make(path)
    assert PHRASE not in repr(vault)
    assert PHRASE not in str(vars(vault))
    with pytest.raises(TypeError, match="travel"):
        pickle.dumps(vault)


def test_a_lock_that_is_held_is_waited_for_and_then_said(path: Path) -> None:
    lock = path.with_suffix(".lock")
    with (
        filelock.hold(lock),
        pytest.raises(EnvironmentFault) as caught,
        filelock.hold(lock, deadline_s=0.05),
    ):
        raise AssertionError("two holders")
    assert caught.value.code == "FILE.BUSY"
    assert caught.value.retry_safe
    with filelock.hold(lock, deadline_s=0.05):
        assert lock.exists()


def _header(raw: bytes) -> dict[str, object]:
    (length,) = struct.unpack(">I", raw[8:12])
    header: dict[str, object] = json.loads(raw[12 : 12 + length])
    return header


def _rewrite(path: Path, changes: dict[str, object]) -> None:
    raw = path.read_bytes()
    (length,) = struct.unpack(">I", raw[8:12])
    header = json.dumps(_header(raw) | changes).encode()
    whole = raw[:8] + struct.pack(">I", len(header)) + header + raw[12 + length : -32]
    path.write_bytes(whole + hashlib.sha256(whole).digest())
