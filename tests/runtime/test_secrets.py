from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigError, EnvironmentFault
from app.domain.protocols import SecretStore
from app.runtime import masking, secrets
from app.runtime.paths import DataFolder
from app.runtime.secrets import KeyringStore, LayeredStore, MemorySecretStore
from app.runtime.vault import KdfParameters, Vault

WINDOWS_UNITS = 1280


class FakeBackend:
    """A keyring of our own with the Windows limit. `fails` names the operations it refuses."""

    def __init__(self, *fails: str) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fails = set(fails)

    def get_password(self, service: str, username: str, /) -> str | None:
        self._maybe_fail("get")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self._maybe_fail("set")
        if len(password.encode("utf-16-le", "surrogatepass")) > 2 * WINDOWS_UNITS:
            raise OSError("the stub received bad data")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        self._maybe_fail("delete")
        del self.entries[service, username]

    def _maybe_fail(self, operation: str) -> None:
        if operation in self.fails:
            raise RuntimeError(f"refused {operation}")


class Forgetful(FakeBackend):
    """Says yes and keeps nothing (keyring's null backend does so)."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        return None

    def delete_password(self, service: str, username: str, /) -> None:
        return None


class Undying(FakeBackend):
    def delete_password(self, service: str, username: str, /) -> None:
        return None


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "ofis")


def keyring_store(backend: FakeBackend, scope: str = "s1") -> KeyringStore:
    return KeyringStore(backend, title="Deneme", scope=scope)


def test_every_store_has_the_shape(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "v.bin", "bir parola", kdf=KdfParameters(iterations=1, lanes=1, memory_kib=8))
    stores: list[SecretStore] = [MemorySecretStore(), keyring_store(FakeBackend()), vault]
    for store in stores:
        store.set("a", "birinci değer")
        store.set("a", "ikinci değer")
        store.set("b", "")
        assert (store.get("a"), store.get("b"), store.get("c")) == ("ikinci değer", "", None)
        store.delete("a")
        store.delete("a")
        assert store.get("a") is None
        assert "değer" not in repr(store)


VALUES = st.builds(lambda text, times: text * times, st.text(max_size=6), st.sampled_from([1, 99, 100, 600]))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_value_of_any_length_fits_and_leaves_no_parts_behind(values: list[str]) -> None:
    backend = FakeBackend()
    store = keyring_store(backend)
    for value in values:
        store.set("a", value)
        assert store.get("a") == value
        masking.forget(value)
    store.delete("a")
    assert backend.entries == {}


def test_what_looks_like_our_own_marks_is_still_a_value() -> None:
    store = keyring_store(FakeBackend())
    for value in ("1", "nabc:2:3", "n", "1x"):
        store.set("a", value)
        assert store.get("a") == value


def test_a_long_value_with_a_missing_part_is_said() -> None:
    backend = FakeBackend()
    store = keyring_store(backend)
    store.set("a", "x" * 2000)
    del backend.entries[next(key for key in backend.entries if key[0].endswith("#1"))]
    with pytest.raises(EnvironmentFault) as caught:
        store.get("a")
    assert caught.value.code == "SECRET.INCOMPLETE"


def test_two_data_folders_do_not_read_each_other() -> None:
    backend = FakeBackend()
    keyring_store(backend, "s1").set("a", "birinci ofis")
    assert keyring_store(backend, "s2").get("a") is None


@pytest.mark.parametrize("operation", ["get", "set", "delete"])
def test_a_refusal_is_translated_and_names_its_class(operation: str) -> None:
    backend = FakeBackend()
    store = keyring_store(backend)
    store.set("a", "eski değer")
    backend.fails = {operation}
    with pytest.raises(EnvironmentFault) as caught:
        if operation == "get":
            store.get("a")
        elif operation == "set":
            store.set("a", "yeni değer")
        else:
            store.delete("a")
    assert (caught.value.code, caught.value.raw_code) == ("SECRET.KEYRING", "RuntimeError")
    backend.fails = set()
    assert store.get("a") == "eski değer"


@pytest.mark.parametrize(
    ("backend", "works"),
    [
        (FakeBackend(), True),
        (FakeBackend("get"), False),
        (FakeBackend("set"), False),
        (FakeBackend("delete"), False),
        (Forgetful(), False),
        (Undying(), False),
    ],
)
def test_a_backend_must_prove_itself(backend: FakeBackend, works: bool) -> None:
    assert secrets.probe(backend) is works


def test_a_probe_leaves_nothing_behind() -> None:
    backend = FakeBackend()
    secrets.probe(backend)
    assert backend.entries == {}


def test_the_first_that_works_is_taken_and_the_folder_keeps_its_id(folder: DataFolder) -> None:
    working = FakeBackend()
    found = secrets.find_keyring(folder, [(FakeBackend("set"), "Bozuk"), (working, "Sağlam")])
    assert found is not None
    assert found.title == "Sağlam"
    found.set("a", "bir değer")
    again = secrets.find_keyring(folder, [(working, "Sağlam")])
    assert again is not None
    assert again.get("a") == "bir değer"
    other = secrets.find_keyring(DataFolder(folder.root.parent / "ikinci"), [(working, "Sağlam")])
    assert other is not None
    assert other.get("a") is None
    assert secrets.find_keyring(folder, []) is None


def test_a_keyring_still_reads_an_older_vault() -> None:
    keyring, vault = MemorySecretStore(), MemorySecretStore()
    vault.set("eski", "kasadaki")
    store = LayeredStore(keyring, vault)
    assert store.get("eski") == "kasadaki"
    store.set("eski", "anahtarlıktaki")
    assert (store.get("eski"), vault.get("eski")) == ("anahtarlıktaki", "kasadaki")
    store.delete("eski")
    assert store.get("eski") is None


def test_without_a_keyring_the_vault_is_used(folder: DataFolder) -> None:
    store = secrets.open_secret_store(folder, passphrase="bir parola", allow_keyring=False)
    assert isinstance(store, Vault)
    store.set("a", "bir değer")
    assert folder.vault.exists()
    with pytest.raises(ConfigError) as caught:
        secrets.open_secret_store(folder, passphrase=None, allow_keyring=False)
    assert caught.value.code == "SECRET.LOCKED"


def test_without_both_nothing_is_kept_in_the_open(folder: DataFolder) -> None:
    with pytest.raises(ConfigError) as caught:
        secrets.open_secret_store(folder, passphrase=None, allow_keyring=False)
    assert caught.value.code == "SECRET.NO_PLACE"
    assert "MUHURDAR_VAULT_PASSPHRASE" in caught.value.sentence


def test_a_stored_secret_is_masked_from_then_on() -> None:
    store = MemorySecretStore()
    store.set("a", "Sakli-Kelime-1")
    assert masking.mask("login with Sakli-Kelime-1 failed") == f"login with {masking.STARS} failed"
    masking.forget("Sakli-Kelime-1")


HOSTILE = '''
import pathlib
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    """Writes clear text, as keyrings.alt does, and wants to be chosen above all."""
    priority = 1000
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        pathlib.Path(r"{trap}").write_text("written")
    def delete_password(self, service, username):
        return None
pathlib.Path(r"{imported}").write_text("imported")
'''


def test_a_hostile_environment_never_gets_a_clear_text_backend_chosen(tmp_path: Path, project: Path) -> None:
    """PYTHON_KEYRING_BACKEND, a configuration file and an installed keyrings.alt all point to clear text.

    No D-Bus and no desktop: the real backends cannot work here, so the vault must be taken.
    """
    site, home = tmp_path / "site", tmp_path / "home"
    trap, imported = tmp_path / "trap.txt", tmp_path / "imported.txt"
    (site / "keyrings" / "alt").mkdir(parents=True)
    (site / "keyrings" / "alt" / "__init__.py").write_text("")
    (site / "keyrings" / "alt" / "file.py").write_text(HOSTILE.format(trap=trap, imported=imported))
    metadata = site / "keyrings.alt-5.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 5.0\n")
    (metadata / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    config = home / "config" / "python_keyring"
    config.mkdir(parents=True)
    (config / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\n")
    env = {
        **os.environ,
        "PYTHONPATH": str(site),
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "KEYRING_PROPERTY_GET_PASSWORD": "x",
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "HOME": str(home),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'no-such-bus'}",
    }
    code = (
        "import sys; from pathlib import Path\n"
        "from app.runtime.paths import DataFolder; from app.runtime.secrets import open_secret_store\n"
        "store = open_secret_store(DataFolder(Path(sys.argv[1])), passphrase='bir parola')\n"
        "store.set('a', 'Cok-Gizli-S0z')\n"
        "print(type(store).__name__, store.get('a') == 'Cok-Gizli-S0z', 'keyrings.alt.file' in sys.modules)\n"
        "import keyring\n"  # the trap works: asked the usual way, keyring does fall into it
        "keyring.set_password('x', 'y', 'z')\n"
        "print(type(keyring.get_keyring()).__name__)\n"
    )
    ofis = tmp_path / "ofis"
    done = subprocess.run(
        [sys.executable, "-c", code, str(ofis)],
        env=env,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "Vault True False"
    assert second == "PlaintextKeyring"
    assert trap.exists()
    assert b"Cok-Gizli-S0z" not in b"".join(p.read_bytes() for p in ofis.rglob("*") if p.is_file())


def test_the_backends_are_the_four_that_encrypt() -> None:
    assert {f"{module}.{name}" for module, name, _platform, _title in secrets.ALLOWED_BACKENDS} == {
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    }


def test_importing_the_room_does_not_import_keyring_or_cryptography(project: Path) -> None:
    code = "import sys, app.runtime.secrets; print([m for m in ('keyring', 'cryptography') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
