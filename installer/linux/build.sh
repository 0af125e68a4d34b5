#!/usr/bin/env bash
# Builds dist/muhurdar-<version>-linux-<machine>.tar.gz from the source tree: the frozen program, a starter for the
# menu and a README. Needs what `bootstrap.py test` sets up, and binutils (objdump).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python3 installer/bootstrap.py test --collect-only -q >/dev/null || { echo "Kurulum ya da testlerin yüklenmesi başarısız." >&2; exit 69; }

version=$(.venv/bin/python -c "import tomllib; print(tomllib.load(open('pyproject.toml', 'rb'))['project']['version'])")
rm -rf build dist/muhurdar
.venv/bin/pyinstaller --noconfirm --log-level WARN build.spec

# What leaves this script must start at all, hold every library, and find its own resources, connectors and children.
dist/muhurdar/muhurdar --help >/dev/null
dist/muhurdar/muhurdar --muhurdar-imports
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
QT_QPA_PLATFORM=offscreen dist/muhurdar/muhurdar demo --out "$trial/demo" >/dev/null

cp installer/linux/muhurdar.desktop dist/muhurdar/
name="muhurdar-$version-linux-$(uname -m)"
tar --create --gzip --owner=0 --group=0 --sort=name --file "dist/$name.tar.gz" --directory dist muhurdar
sha256sum "dist/$name.tar.gz" | tee "dist/$name.tar.gz.sha256"
