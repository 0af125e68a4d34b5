"""bootstrap.py in a small tree of its own: a real environment is made, with an empty lock and a tiny program."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import json, os, sys
def main():
    print(json.dumps({"arguments": sys.argv[1:], "cwd": os.getcwd(), "path": sys.path, "prefix": sys.prefix}))
    return 7
if __name__ == "__main__":
    sys.exit(main())
"""

PYPROJECT = """
[project]
name = "muhurdar"
version = "9.9"
description = "Mühürdar'ın denemesi"
requires-python = ">=3.11"
dependencies = []
[project.scripts]
muhurdar = "app.__main__:main"
[project.entry-points."muhurdar.connectors"]
one = "app.__main__:main"
"""

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and scripts of POSIX")


class Tree:
    """A project folder with a Turkish letter and a space in its name, and bootstrap.py in it."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.root = folder / "Mühür dar"
        self.away = folder / "away"
        (self.root / "app").mkdir(parents=True)
        self.away.mkdir()
        # Who stands beside another `app` still gets ours.
        (self.away / "app.py").write_text("raise SystemExit('the wrong app')", encoding="utf-8")
        (self.root / "app" / "__init__.py").touch()
        (self.root / "app" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        (self.root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
        (self.root / "installer").mkdir()
        for name in ("bootstrap.py", "provision.py", "system_packages.py"):
            shutil.copy(project / "installer" / name, self.root / "installer")
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.root / "installer" / name).touch()

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "muhurdar-setup.json"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "installer" / "bootstrap.py"), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        foreign = ("PYTHON", "PIP_", "PYTEST")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**kept, "PYTHONIOENCODING": "utf-8", "PIP_CONFIG_FILE": os.devnull, "MUHURDAR_NO_APT": "1", **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.away,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        with self.start(*arguments, **more) as process:
            out, err = process.communicate(timeout=240)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def ready(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, list[tuple[int, str, str]]]:
    """A tree that two starts at the same moment have set up, and what each of them said."""
    tree = Tree(tmp_path_factory.mktemp("ready"), project)
    both = [tree.start("run", "a", "--b=ç"), tree.start("run", "second")]
    said = [process.communicate(timeout=240) for process in both]
    return tree, [(process.returncode, *texts) for process, texts in zip(both, said, strict=True)]


def test_first_start_sets_up_and_runs(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    tree, starts = ready
    code, out, _ = starts[0]
    told = json.loads(out)
    assert code == 7
    assert told["arguments"] == ["a", "--b=ç"]
    assert told["cwd"] == str(tree.away)
    assert told["prefix"] == str(tree.root / ".venv")


def test_two_starts_set_up_once(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    _, starts = ready
    assert [code for code, _, _ in starts] == [7, 7]
    assert sum("Kurulum bitti" in err for _, _, err in starts) == 1


def test_second_start_only_starts(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    tree, _ = ready
    before = tree.stamp.stat().st_mtime_ns
    code, _, err = tree.run("run", "x")
    assert (code, err) == (7, "")
    assert tree.stamp.stat().st_mtime_ns == before


def test_second_start_loads_little(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    """The overhead is what is imported before the exec; the seconds themselves are measured in tests/bench."""
    tree, _ = ready
    program = (
        f"import sys; sys.path.insert(0, {str(tree.root / 'installer')!r}); import bootstrap; "
        "ready = bootstrap.is_ready('run'); print(ready, *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, env=tree.environment(), check=True
    )
    told = done.stdout.split()
    assert told[0] == "True"
    assert not {"subprocess", "pathlib", "typing", "shutil", "provision", "tomllib"} & set(told)


def test_command_and_entry_points_are_installed(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    tree, _ = ready
    folder = tree.root / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    script = folder / ("muhurdar.exe" if sys.platform == "win32" else "muhurdar")
    done = subprocess.run(
        [script, "z"], cwd=tree.away, env=tree.environment(), capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, json.loads(done.stdout)["arguments"]) == (7, ["z"])
    program = (
        "from importlib.metadata import entry_points, metadata; "
        "print(*[e.value for e in entry_points(group='muhurdar.connectors')], metadata('muhurdar')['Version'])"
    )
    python = folder / ("python.exe" if sys.platform == "win32" else "python")
    told = subprocess.run([python, "-c", program], env=tree.environment(), capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["app.__main__:main", "9.9"]


def test_changed_lock_sets_up_again(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    tree, _ = ready
    made = (tree.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    (tree.root / "installer" / "requirements.txt").write_text("# a newer lock\n", encoding="utf-8")
    code, _, err = tree.run("run")
    assert code == 7
    assert "Kurulum bitti" in err
    assert (tree.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made, "the environment itself was still good"


def test_no_network_is_one_sentence(ready: tuple[Tree, list[tuple[int, str, str]]]) -> None:
    tree, _ = ready
    lock = tree.root / "installer" / "requirements.txt"
    lock.write_text(f"absent==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    code, out, err = tree.run("run", PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="1")
    assert (code, out) == (69, "")
    assert "İnternete ulaşılamadı" in err
    assert "Traceback" not in err
    lock.write_text("", encoding="utf-8")
    code, _, err = tree.run("run")
    assert code == 7
    assert "Sanal ortam (.venv) hazırlanıyor" in err, "what was cut short is made anew"


@POSIX
def test_killed_set_up_heals(project: Path, tmp_path: Path) -> None:
    tree = Tree(tmp_path, project)
    with tree.start("run") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Sanal ortam" in line:
                break
        # The environment is being made now: end the whole family in the middle of it.
        _wait_until(lambda: (tree.root / ".venv").exists())
        os.killpg(process.pid, signal.SIGKILL)
    assert not tree.stamp.exists() or json.loads(tree.stamp.read_text(encoding="utf-8"))["busy"]
    code, out, _ = tree.run("run", "after")
    assert (code, json.loads(out)["arguments"]) == (7, ["after"])


@POSIX
def test_interrupt_is_quiet(project: Path, tmp_path: Path) -> None:
    tree = Tree(tmp_path, project)
    with tree.start("run") as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "Sanal ortam" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        said += process.stderr.read()
    assert process.returncode == 130
    assert "Durduruldu." in said
    assert "Traceback" not in said


def test_unknown_word_shows_usage(project: Path, tmp_path: Path) -> None:
    tree = Tree(tmp_path, project)
    code, out, err = tree.run("rnu")
    assert (code, out) == (2, "")
    assert err.startswith("Kullanım:")
    code, out, _ = tree.run("--help")
    assert code == 0
    assert out.startswith("Kullanım:")


def test_old_python_can_read_it(project: Path) -> None:
    """So that it answers with a sentence and not with a SyntaxError."""
    ast.parse((project / "installer" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))


AS_OLD_PYTHON = (
    "import sys, runpy; sys.version_info = (3, 9, 18, 'final', 0); sys.argv = sys.argv[1:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


def test_wrong_python_is_one_sentence(project: Path, tmp_path: Path) -> None:
    tree = Tree(tmp_path, project)
    command = [sys.executable, "-c", AS_OLD_PYTHON, *tree.command("run")[1:]]
    environment = tree.environment(PATH=str(tmp_path))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (69, "")
    assert "sürümü 3.9, gereken 3.11, 3.12 veya 3.13" in done.stderr


@POSIX
def test_wrong_python_hands_over_to_a_right_one(project: Path, tmp_path: Path) -> None:
    tree = Tree(tmp_path, project)
    broken, working = tmp_path / "python3.13", tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    working.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    broken.chmod(0o755)
    working.chmod(0o755)
    command = [sys.executable, "-c", AS_OLD_PYTHON, *tree.command("run", "--yes")[1:]]
    done = subprocess.run(command, env=tree.environment(PATH=str(tmp_path)), capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.split()[-2:] == ["run", "--yes"]


def _wait_until(condition, *, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
