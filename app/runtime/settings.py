"""The office's settings: each declared once, typed, with its default and its words. The settings page is made of this.

A value below a floor that the integrator demands is refused when it is set, and ignored when it was written into
the database by other means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any, Final, Generic, TypeVar, cast

from app.domain.errors import InputError
from app.domain.ledger_terms import MAX_PART_MB, application_problem

T = TypeVar("T", str, int, bool)

_log = logging.getLogger(__name__)

# Not a setting: the least time between two presses of "Şimdi al" (İzibiz guide, polling rules).
BUTTON_FLOOR_MIN: Final = 5

_YES = frozenset({"evet", "1", "true", "açık", "acik", "on", "yes"})
_NO = frozenset({"hayır", "hayir", "0", "false", "kapalı", "kapali", "off", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """One setting. `choices` pairs each allowed value with its Turkish name; `unit` is Turkish (`dakika`)."""

    name: str
    type: type[T]
    default: T
    title: str
    description: str
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[tuple[T, str], ...] = ()
    unit: str = ""
    #: What is wrong with a value beyond its type and bounds, "" when nothing is.
    problem: Callable[[T], str] | None = None

    def validate(self, value: object) -> T:
        """`value` itself when it is allowed.

        Raises: InputError SETTING.TYPE, SETTING.TOO_LOW, SETTING.TOO_HIGH, SETTING.CHOICE or SETTING.FORM.
        """
        # bool is an int in Python; a switch is not a number here.
        if not isinstance(value, self.type) or (self.type is int and isinstance(value, bool)):
            raise self._refused("SETTING.TYPE", f"Beklenen: {_TYPE_WORDS[self.type]}.")
        if isinstance(value, int) and not isinstance(value, bool):
            # Spans are short or long, sizes small or large.
            small, large = ("küçük", "büyük") if self.unit == "MB" else ("kısa", "uzun")
            if self.minimum is not None and value < self.minimum:
                raise self._refused(
                    "SETTING.TOO_LOW",
                    f"{value} {self.unit} çok {small}; izin verilen en küçük değer {self.minimum} {self.unit}.",
                )
            if self.maximum is not None and value > self.maximum:
                raise self._refused(
                    "SETTING.TOO_HIGH",
                    f"{value} {self.unit} çok {large}; izin verilen en büyük değer {self.maximum} {self.unit}.",
                )
        if isinstance(value, str) and self.maximum is not None and len(value) > self.maximum:
            raise self._refused("SETTING.TOO_HIGH", f"En çok {self.maximum} harf yazılabilir.")
        if self.choices and value not in [choice for choice, _title in self.choices]:
            names = ", ".join(str(choice) for choice, _title in self.choices)
            raise self._refused("SETTING.CHOICE", f"Seçenekler: {names}.")
        if self.problem is not None and (wrong := self.problem(value)):
            raise self._refused("SETTING.FORM", wrong)
        return value

    def parse(self, text: str) -> T:
        """The value written in `text`, as a command line or a text field gives it. Raises as `validate`."""
        stripped = text.strip()
        if self.type is bool:
            word = stripped.casefold()
            if word in _YES or word in _NO:
                return self.validate(word in _YES)
            raise self._refused("SETTING.TYPE", f"Beklenen: {_TYPE_WORDS[bool]}.")
        if self.type is int:
            try:
                return self.validate(int(stripped))
            except ValueError as e:
                raise self._refused("SETTING.TYPE", f"Beklenen: {_TYPE_WORDS[int]}.") from e
        return self.validate(stripped)

    def _refused(self, code: str, why: str) -> InputError:
        return InputError(
            code, f"“{self.title}” ayarı kabul edilmedi.", why=why, todo="Değeri düzeltip yeniden deneyin."
        )


_TYPE_WORDS: Mapping[type, str] = {str: "metin", int: "tam sayı", bool: "evet ya da hayır"}

OFFICE_NAME: Final = Setting(
    name="office_name",
    type=str,
    default="",
    title="Büro adı",
    description="Pencere başlığında ve raporlarda görünür.",
    maximum=120,
)
RECEIVE_INTERVAL_MIN: Final = Setting(
    name="receive_interval_min",
    type=int,
    default=30,
    title="Gelen belge denetleme aralığı",
    description="Gelen kutusu bu sıklıkla sorulur. Entegratör 15 dakikadan sık sorulmasına izin vermez.",
    minimum=15,
    maximum=24 * 60,
    unit="dakika",
)
STATUS_INTERVAL_HOURS: Final = Setting(
    name="status_interval_hours",
    type=int,
    default=4,
    title="Durum sorma aralığı",
    description="Gönderilmiş belgelerin durumu bu sıklıkla sorulur. Entegratör 4 saatten sık sorulmasına izin vermez.",
    minimum=4,
    maximum=7 * 24,
    unit="saat",
)
SYNC_ON_START: Final = Setting(
    name="sync_on_start",
    type=bool,
    default=True,
    title="Açılışta eşitle",
    description="Program açılınca bekleyenler gönderilir, gelenler alınır; en az bekleme süreleri yine geçerlidir.",
)
TAXPAYERS_RENEW: Final = Setting(
    name="taxpayers_renew",
    type=bool,
    default=True,
    title="Mükellef listesini yenile",
    description="Çevrimiçiyken iki saatte bir e-Fatura mükelleflerinin listesi alınır, cari kartları ona göre "
    "güncellenir. Kapalıyken alıcılar tek tek sorulur.",
)
THEME: Final = Setting(
    name="theme",
    type=str,
    default="system",
    title="Görünüm",
    description="Pencerenin açık ya da koyu görünmesi.",
    choices=(("system", "Sistemle aynı"), ("light", "Açık"), ("dark", "Koyu")),
)
TRAY_NOTICES: Final = Setting(
    name="tray_notices",
    type=bool,
    default=True,
    title="Bildirimler",
    description="Yeni belge gelince ve bir yanıtın süresi dolmak üzereyken sistem çubuğunda haber verilir.",
)
BULK_PDF: Final = Setting(
    name="bulk_pdf",
    type=str,
    default="single",
    title="Toplu PDF",
    description="Birden çok belge yazdırılırken tek dosya mı, belge başına bir dosya mı oluşturulacağı.",
    choices=(("single", "Tek dosyada"), ("each", "Her belge ayrı dosyada")),
)
SEAL_MODULES: Final = Setting(
    name="seal_modules",
    type=str,
    default="",
    title="Ek kart sürücüleri",
    description="Bilinen yerlerin dışındaki PKCS#11 sürücü dosyaları; her satırda bir dosya yolu.",
    maximum=4000,
)

LEDGER_APPLICATION: Final = Setting(
    name="ledger_application",
    type=str,
    default="",
    title="Defter programı (sourceApplication)",
    description="GİB'in onayladığı program tanımı: VKN##UNVAN##PROGRAM##SÜRÜM, taahhütnamedekiyle harfi harfine. "
    "Kartında başkası yazılmayan firmalar için geçerlidir. Boşken bu programın kendi adı yazılır; onaylı olmadığı için "
    "GİB'in canlı sistemi kabul etmez.",
    maximum=300,
    problem=lambda text: application_problem(text) if text else "",
)
LEDGER_PART_MB: Final = Setting(
    name="ledger_part_mb",
    type=int,
    default=MAX_PART_MB,
    title="Defter parçasının en büyük boyutu",
    description="Bundan büyük ay parçalara bölünür; fiş bölünmez. GİB'in sınırı 200 MB'tır.",
    minimum=1,
    maximum=MAX_PART_MB,
    unit="MB",
)
LEDGER_ARCHIVE_DAYS: Final = Setting(
    name="ledger_archive_days",
    type=int,
    default=30,
    title="Defter arşivi denetim aralığı",
    description="Mühürlü defter, berat ve raporların yerinde ve değişmemiş olduğuna boş zamanda bu sıklıkla bakılır. "
    "0 yazılırsa kendiliğinden bakılmaz.",
    minimum=0,
    maximum=365,
    unit="gün",
)

TSA_URL: Final = Setting(
    name="tsa_url",
    type=str,
    default="",
    title="Zaman damgası adresi",
    description="Zaman damgası kurumunun adresi, örneğin http://zd.kamusm.gov.tr. Boşken defterlere damga basılmaz.",
    maximum=300,
)
TSA_LOGIN: Final = Setting(
    name="tsa_login",
    type=str,
    default="none",
    title="Zaman damgası girişi",
    description="Kurumun müşterisini nasıl tanıdığı. Parola bilgisayarın anahtar kasasında durur.",
    choices=(("none", "Girişsiz"), ("basic", "Kullanıcı ve parola"), ("kamusm", "Kamu SM müşteri numarası")),
)
TSA_USER: Final = Setting(
    name="tsa_user",
    type=str,
    default="",
    title="Zaman damgası kullanıcısı",
    description="Kurumun verdiği kullanıcı adı ya da müşteri numarası.",
    maximum=120,
)
TSA_POLICY: Final = Setting(
    name="tsa_policy",
    type=str,
    default="",
    title="Zaman damgası ilkesi (OID)",
    description="Kurum ayrıca istemedikçe boş bırakın.",
    maximum=120,
)
TSA_ROOTS: Final = Setting(
    name="tsa_roots",
    type=str,
    default="",
    title="Zaman damgası kök sertifikaları",
    description="Damganın zincirinin bağlanacağı sertifika dosyaları (PEM ya da DER); her satırda bir dosya yolu. "
    "Boşken zincir denetlenmez.",
    maximum=4000,
)
TSA_FILES: Final = Setting(
    name="tsa_files",
    type=str,
    default="never",
    title="Zaman damgası basılan dosyalar",
    description="Mührün yanına zaman damgası da basılacak defter dosyaları; firma kartında başkası yazıyorsa o "
    "geçerlidir. Her dosya kurumdan bir damga harcar.",
    choices=(("never", "Hiçbiri"), ("berats", "Beratlar"), ("all", "Defterler ve beratlar")),
)

ALL: Final[tuple[Setting[Any], ...]] = (
    OFFICE_NAME,
    RECEIVE_INTERVAL_MIN,
    STATUS_INTERVAL_HOURS,
    SYNC_ON_START,
    TAXPAYERS_RENEW,
    THEME,
    TRAY_NOTICES,
    BULK_PDF,
    SEAL_MODULES,
    LEDGER_APPLICATION,
    LEDGER_PART_MB,
    LEDGER_ARCHIVE_DAYS,
    TSA_URL,
    TSA_LOGIN,
    TSA_USER,
    TSA_POLICY,
    TSA_ROOTS,
    TSA_FILES,
)
BY_NAME: Final[Mapping[str, Setting[Any]]] = {setting.name: setting for setting in ALL}


class Settings:
    """The values of this office. `load` gives all stored JSON values by name, `save` stores one. One thread at a time.

    Stored names that nobody declares are left alone: a newer version may have written them.
    """

    def __init__(self, load: Callable[[], Mapping[str, object]], save: Callable[[str, object], None]) -> None:
        self._load = load
        self._save = save
        self._values: dict[str, object] = {}
        self.reload()

    def reload(self) -> None:
        """Read everything again (another process may have changed it). A value that is not allowed counts as unset."""
        values: dict[str, object] = {}
        for name, value in self._load().items():
            setting = BY_NAME.get(name)
            if setting is None:
                continue
            try:
                values[name] = setting.validate(value)
            except InputError as e:
                _log.warning("stored setting %s is ignored: %s", name, e.code)
        self._values = values

    def get(self, setting: Setting[T]) -> T:
        return cast(T, self._values.get(setting.name, setting.default))

    def set(self, setting: Setting[T], value: T) -> None:
        """Store `value`. Raises: InputError as `Setting.validate`; then nothing changes."""
        checked = setting.validate(value)
        self._save(setting.name, checked)
        self._values[setting.name] = checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting of a connector's own schema, in words. `minimum` and `maximum` only for numbers."""

    name: str
    default: str
    title: str
    description: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    #: (value, words) of a setting that is chosen, not written.
    choices: tuple[tuple[str, str], ...] = ()

    def problem(self, text: str) -> str:
        """What is wrong with `text` as the user typed it, "" when nothing is. An empty one means the default."""
        typed = text.strip()
        if typed and self.choices and typed not in [value for value, _words in self.choices]:
            return f"Şunlardan biri olmalı: {', '.join(value for value, _words in self.choices)}."
        if not typed or (self.minimum is None and self.maximum is None):
            return ""
        try:
            number = float(self.stored(typed))
        except ValueError:
            return f"“{self.title}” bir sayı olmalı, örneğin {self.default}."
        if self.minimum is not None and not number >= self.minimum:
            return f"En az {_number(self.minimum)} {self.unit} olmalı.".replace("  ", " ")
        if self.maximum is not None and not number <= self.maximum:
            return f"En çok {_number(self.maximum)} {self.unit} olmalı.".replace("  ", " ")
        return ""

    def shown(self, stored: str) -> str:
        """A kept text as the user writes it: numbers with a comma."""
        is_number = self.minimum is not None or self.maximum is not None
        return stored.replace(".", ",") if is_number else stored

    def stored(self, text: str) -> str:
        """What is kept of the typed text: numbers with a point, whatever the user's comma."""
        is_number = self.minimum is not None or self.maximum is not None
        return text.strip().replace(",", ".") if is_number else text.strip()


def described(
    default: T | float,
    *,
    title: str,
    description: str = "",
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[tuple[str, str], ...] = (),
) -> Any:
    """A field of a connector's settings dataclass that says in Turkish what it is."""
    words: dict[str, Any] = {"title": title, "description": description, "unit": unit}
    words |= {"minimum": minimum, "maximum": maximum, "choices": choices}
    return field(default=default, metadata=words)


def describe(schema: type | None) -> list[Described]:
    """The settings of a connector's schema, in its order. A field without words shows its name."""
    if schema is None or not is_dataclass(schema):
        return []
    return [
        Described(
            name=one.name,
            default=_number(one.default) if isinstance(one.default, float) else str(one.default),
            title=one.metadata.get("title", one.name),
            description=one.metadata.get("description", ""),
            unit=one.metadata.get("unit", ""),
            minimum=one.metadata.get("minimum"),
            maximum=one.metadata.get("maximum"),
            choices=one.metadata.get("choices", ()),
        )
        for one in _fields_of(schema)
    ]


def _fields_of(schema: Any) -> tuple[Field[Any], ...]:
    return fields(schema)


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def find_setting(name: str) -> Setting[Any]:
    """The setting called `name`. Raises: InputError SETTING.UNKNOWN."""
    try:
        return BY_NAME[name]
    except KeyError as e:
        raise InputError(
            "SETTING.UNKNOWN",
            f"“{name}” adında bir ayar yok.",
            todo=f"Ayarlar: {', '.join(sorted(BY_NAME))}.",
        ) from e
