# Builds dist\muhurdar-<version>-windows-x64.exe from the source tree. Needs Python 3.11-3.13 and Inno Setup 6.
#     powershell -ExecutionPolicy Bypass -File installer\windows\build.ps1 [-Sign "<certificate thumbprint>"]
param([string]$Sign = "")
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

function Invoke-Checked([string]$What, [scriptblock]$Command) {
    & $Command
    if ($LASTEXITCODE -ne 0) { throw "$What başarısız oldu (çıkış kodu $LASTEXITCODE)." }
}

Invoke-Checked "Kurulum" { python installer\bootstrap.py test --collect-only -q | Out-Null }
$python = ".venv\Scripts\python.exe"
$version = & $python -c "import tomllib; print(tomllib.load(open('pyproject.toml', 'rb'))['project']['version'])"

Remove-Item -Recurse -Force build, dist\muhurdar -ErrorAction SilentlyContinue
Invoke-Checked "PyInstaller" { .venv\Scripts\pyinstaller.exe --noconfirm --log-level WARN build.spec }
# What leaves this script must start at all, hold every library, and find its own resources, connectors and children.
Invoke-Checked "Program" { dist\muhurdar\muhurdar.exe --help | Out-Null }
Invoke-Checked "Kütüphaneler" { dist\muhurdar\muhurdar.exe --muhurdar-imports }
$trial = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
Invoke-Checked "Deneme" { dist\muhurdar\muhurdar.exe demo --out $trial | Out-Null }
Remove-Item -Recurse -Force $trial

if ($Sign) {
    # Unsigned programs are stopped by SmartScreen; the thumbprint names a certificate of the Windows store.
    Get-ChildItem dist\muhurdar\*.exe | ForEach-Object {
        Invoke-Checked "İmza" { signtool sign /sha1 $Sign /fd sha256 /td sha256 $_.FullName }
    }
}

$iscc = (Get-Command iscc.exe -ErrorAction SilentlyContinue).Source
if (-not $iscc) { $iscc = Join-Path ${env:ProgramFiles(x86)} "Inno Setup 6\ISCC.exe" }
Invoke-Checked "Inno Setup" { & $iscc /Q "/DVersion=$version" installer\windows\muhurdar.iss }
Get-FileHash "dist\muhurdar-$version-windows-x64.exe" -Algorithm SHA256 | Format-List
