; Inno Setup 6. build.ps1 gives Version. Per user: no administrator is needed, and an update needs none either.
#ifndef Version
  #error build.ps1 ile derleyin: /DVersion=... gerekir
#endif

[Setup]
AppId={{7C1B64B4-6D6F-4C57-9A53-6E0C6B0A2B11}
AppName=Mühürdar
AppVersion={#Version}
AppPublisher=Mühürdar
DefaultDirName={localappdata}\Programs\Muhurdar
DefaultGroupName=Mühürdar
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir=..\..\dist
OutputBaseFilename=muhurdar-{#Version}-windows-x64
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; A running program would keep its files open and leave a half update behind.
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "turkish"; MessagesFile: "compiler:Languages\Turkish.isl"

[InstallDelete]
; The bundle is replaced whole: a library left from the older version could be loaded instead of the new one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\muhurdar\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs

[Icons]
Name: "{group}\Mühürdar"; Filename: "{app}\Muhurdar-Pencere.exe"
Name: "{userdesktop}\Mühürdar"; Filename: "{app}\Muhurdar-Pencere.exe"; Tasks: desktop

[Tasks]
Name: "desktop"; Description: "Masaüstüne kısayol koy"; Flags: unchecked

[Run]
Filename: "{app}\Muhurdar-Pencere.exe"; Description: "Mühürdar'ı aç"; Flags: nowait postinstall skipifsilent

; The data folder (documents, vault) is the user's and is never touched by removal.
