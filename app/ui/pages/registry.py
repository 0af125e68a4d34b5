"""Which pages there are, in the order of their tabs. A page's module is loaded when the page is first shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec

from app.ui.pages.base import Page


@dataclass(frozen=True)
class PageSpec:
    """One tab. `badge` names the count of `storage.overview.Waiting` that it shows; `at_end` pushes it to the right."""

    key: str
    title: str
    icon: str
    module: str
    badge: tuple[str, ...] = ()
    badge_title: str = ""
    at_end: bool = False

    @property
    def exists(self) -> bool:
        """Pages that come later are not shown at all."""
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False

    @cached_property
    def page_class(self) -> type[Page]:
        """The page of this key in its module."""
        module = import_module(self.module)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Page) and value is not Page and value.key == self.key:
                return value
        raise LookupError(f"{self.module} holds no page {self.key!r}")


ALL: tuple[PageSpec, ...] = (
    PageSpec("today", "Bugün", "today", "app.ui.pages.today"),
    PageSpec("inbox", "Gelen Kutusu", "inbox", "app.ui.pages.inbox", ("unread",), "son 60 günde gelip okunmamış belge"),
    PageSpec(
        "outbox",
        "Giden Kutusu",
        "outbox",
        "app.ui.pages.outbox",
        ("unsent", "stuck"),
        "gönderilmemiş ya da takılmış belge",
    ),
    PageSpec("ledger", "Defter", "ledger", "app.ui.pages.ledger"),
    PageSpec("partners", "Cariler", "partners", "app.ui.pages.partners"),
    PageSpec("settings", "Ayarlar", "settings", "app.ui.pages.settings", at_end=True),
)


def available() -> list[PageSpec]:
    """The pages that this version has."""
    return [spec for spec in ALL if spec.exists]
