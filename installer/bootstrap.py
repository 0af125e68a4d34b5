"""Sets the project up on a machine that has only Python, then runs it.

    python3 installer/bootstrap.py run [arguments]
    python3 installer/bootstrap.py test [pytest arguments]

A start that finds everything in place costs one small file read and an exec. Everything heavier is in provision.py.
This file keeps to syntax that an old Python can still read, so that it can say what is wrong instead of breaking.
"""

import hashlib
import json
import os
import sys

TYPE_CHECKING = False  # the name type checkers know; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from typing import TextIO

OLDEST, TOO_NEW = (3, 11), (3, 14)
EXIT_USAGE, EXIT_SETUP, EXIT_INTERRUPTED = 2, 69, 130
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VENV = os.path.join(ROOT, ".venv")
WINDOWS = os.name == "nt"
VENV_PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "muhurdar-setup.json")
# Whatever changes one of these makes the next start set up again.
COMMON_INPUTS = ("bootstrap.py", "provision.py", "system_packages.py", os.path.join("..", "pyproject.toml"))
INPUTS = {"run": (*COMMON_INPUTS, "requirements.txt"), "test": (*COMMON_INPUTS, "requirements-dev.txt")}
USAGE = """Kullanım:
  python3 installer/bootstrap.py run [komut ve seçenekler]   uygulamayı çalıştırır
  python3 installer/bootstrap.py test [pytest seçenekleri]   testleri çalıştırır
İlk çalıştırma gereken her şeyi kurar; sonrakiler hemen başlar.
"""


def main(arguments: "list[str]") -> int:
    if not arguments or arguments[0] not in INPUTS:
        wants_help = bool(arguments) and arguments[0] in ("-h", "--help")
        say(USAGE, sys.stdout if wants_help else sys.stderr)
        return 0 if wants_help else EXIT_USAGE
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        return start_with_better_python(arguments)
    mode, rest = arguments[0], arguments[1:]
    if not is_ready(mode):
        sys.path.insert(0, HERE)
        from provision import set_up  # heavy, and only a supported Python can read it

        code = set_up(mode, fingerprint(mode))
        if code != 0:
            return code
    return start(mode, rest)


def start_with_better_python(arguments: "list[str]") -> int:
    """Hand over to a supported Python on the PATH, else say what is missing."""
    import shutil
    import subprocess

    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        found = None if WINDOWS else shutil.which(f"python3.{minor}")
        # A version manager leaves commands on the PATH that only say the version is not there: ask before trusting one.
        if found and subprocess.call([found, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return replace_process([found, os.path.abspath(__file__), *arguments], dict(os.environ))
    major, minor = sys.version_info[:2]
    say(
        f"Mühürdar bu Python ile çalışmaz: sürümü {major}.{minor}, gereken 3.11, 3.12 veya 3.13. "
        "Bu sürümlerden birini kurun ve komutu onunla yeniden verin (örneğin python3.12 installer/bootstrap.py ...).\n",
        sys.stderr,
    )
    return EXIT_SETUP


def fingerprint(mode: str) -> str:
    """Hash of what the set-up depends on: the locks, this program, the Python and the folder."""
    digest = hashlib.sha256(repr((sys.version_info[:2], sys.base_prefix, ROOT)).encode("utf-8"))
    for name in INPUTS[mode]:
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def is_ready(mode: str) -> bool:
    try:
        with open(STAMP, "rb") as file:
            stamp = json.loads(file.read().decode("utf-8"))
        return stamp.get(mode) == fingerprint(mode) and os.path.exists(VENV_PYTHON)
    except (OSError, ValueError, AttributeError):
        return False


def start(mode: str, rest: "list[str]") -> int:
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    # -P: the folder the user stands in must not take the place of our packages.
    command = [VENV_PYTHON, "-P"]
    if mode == "test":
        environment["QT_QPA_PLATFORM"] = "offscreen"
        os.chdir(ROOT)
        # Without arguments all tests, as that program spreads them; with arguments the caller decides.
        rest = ["-m", "pytest", *rest] if rest else [os.path.join(ROOT, "tests", "everything.py")]
        return replace_process(command + rest, environment)
    return replace_process([*command, "-m", "app", *rest], environment)


def replace_process(command: "list[str]", environment: "dict[str, str]") -> int:
    """Become `command`. On Windows exec would give the console back at once, so there we wait for its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(command[0], command, environment)
    import subprocess

    child = subprocess.Popen(command, env=environment)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child got the same Ctrl+C and ends by itself


def say(text: str, stream: "TextIO") -> None:
    """Turkish letters on a console that may not know them."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("\nDurduruldu.\n", sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
