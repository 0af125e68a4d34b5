"""The walk itself, in a process of its own because the scale is set before Qt starts: prints its faults as JSON.

`python walker.py GROUND PERCENT THEME LOOK,LOOK,…`: visits the scenes of the tour named in PLACES (every page, dialog
and window with what a person can do there) and looks at each with the named looks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import keys
import looking
from PySide6.QtWidgets import QWidget

from app.ui.app import make_application
from app.ui.theme.style import theme
from app.ui.tour import ground
from app.ui.tour.scenes import all_scenes
from app.ui.tour.stage import Stage

#: Scenes of the tour by name. What looks alike (a state more, a message less) is left to the tour's pictures.
PLACES: Final = (
    "bugun-tum-firmalar", "bugun-yeni-ofis",
    "gelen-tum-firmalar", "gelen-yanit-bekleyen", "gelen-bos", "gelen-suzgec-bos", "gelen-coklu-secim",
    "giden-hata", "giden-taslak", "giden-is-listesi", "giden-uzun-adres",
    "okuma-bilgiler", "okuma-gecmis", "okuma-bulgular",
    "cariler-tum-firmalar",
    "ayarlar-ofis", "ayarlar-ofis-hatali-deger", "ayarlar-firmalar", "ayarlar-firma-etiket-seri", "ayarlar-firma-yeni",
    "ayarlar-entegratorler", "ayarlar-entegrator-dene-parola", "ayarlar-muhur", "ayarlar-muhur-kart-doktoru",
    "ayarlar-yedek", "ayarlar-gorunum", "ayarlar-gunluk-satirlar",
    "duzenleyici-yeni", "duzenleyici-taslak", "duzenleyici-bulgular",
    "baski-onizleme",
    "kurulum-ilk-acilis", "kurulum-firma", "kurulum-entegrator", "kurulum-muhur", "kurulum-seri",
    "muhur-kart-pin", "muhur-kart-son-hak", "muhur-dosya",
    "yanit-red", "onay-taslak-silme", "toplu-kismi-hata", "denetle-bulgular",
    "pencere-kisayollar", "pencere-firma-secimi", "pencere-arama", "pencere-hata", "pencere-isler",
    "pencere-cevrimdisi",
)  # fmt: skip
LOOKS: Final = {
    "cut": looking.cut_words,
    "squeezed": looking.squeezed,
    "tabs": looking.hidden_tabs,
    "contrast": looking.weak_contrast,
    "nameless": looking.nameless,
    "english": looking.english,
    "unreachable": lambda root: looking.unreachable(root, root.window()),
    "keys": keys.not_reached,
}


def walk(stage: Stage, looks: list[str]) -> dict[str, dict[str, list[str]]]:
    """{scene: {look: faults}}; a scene that cannot be played is a fault of its own."""
    scenes = {scene.name: scene for scene in all_scenes()}
    found: dict[str, dict[str, list[str]]] = {}
    for name in PLACES:
        try:
            shown: Any = scenes[name].play(stage)
            assert isinstance(shown, QWidget)
            stage.wait(60)
            found[name] = {look: LOOKS[look](shown) for look in looks}
        except Exception as error:
            found[name] = {"played": [f"{type(error).__name__}: {error}"]}
        finally:
            stage.clear()
    return found


def main(root: Path, percent: int, name: str, looks: list[str]) -> int:
    make_application()
    with ground.opened(root) as (office, sandbox):
        theme().apply(name)
        stage = Stage(office, sandbox, root, scale=percent / 100)
        try:
            found = walk(stage, looks)
        finally:
            stage.close()
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4].split(",")))
