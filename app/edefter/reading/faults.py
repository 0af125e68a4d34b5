"""What the reader says of files that it cannot show, in three parts."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import EnvironmentFault, InputError


def not_a_ledger(path: Path, why: str = "") -> InputError:
    return InputError(
        "LEDGERFILE.KIND",
        f"Dosya açılmadı: {path.name}",
        why=why or "İçinde e-Defter bulunamadı; yevmiye, kebir, envanter defteri, berat ya da defter raporu değil.",
        todo="Ayın klasöründeki XML dosyalarından birini seçin.",
    )


def broken(path: Path, why: str, *, raw_text: str = "") -> InputError:
    return InputError(
        "LEDGERFILE.BROKEN",
        f"Dosya bozuk: {path.name}",
        why=why,
        todo="Dosyayı düzeltmeyin; sağlam kopyasını yedekten geri koyun ya da GİB portalından yeniden indirin.",
        raw_text=raw_text,
    )


def suspicious(path: Path, why: str) -> InputError:
    return InputError(
        "LEDGERFILE.UNSAFE",
        f"Dosya açılmadı: {path.name}",
        why=why,
        todo="Dosyanın nereden geldiğini sorun; e-Defter programlarının yazdığı dosyalarda böyle bir bölüm olmaz.",
    )


def changed(path: Path) -> InputError:
    return InputError(
        "LEDGERFILE.CHANGED",
        f"Dosya açıkken değişti: {path.name}",
        why="Başka bir program dosyayı yazmış ya da silmiş.",
        todo="Pencereyi kapatıp dosyayı yeniden açın.",
        retry_safe=True,
    )


def unreadable(path: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        "LEDGERFILE.READ",
        f"Dosya okunamadı: {path.name}",
        why=f"İşletim sistemi izin vermedi ya da dosya yerinde yok ({error.strerror or type(error).__name__}).",
        todo="Diskin takılı, dosyanın yerinde olduğuna bakıp yeniden deneyin.",
        retry_safe=True,
        raw_text=str(error),
    )
