"""The command line itself: Turkish words, one sentence for a wrong one, and exit codes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.cli.parser import build_parser

ENGLISH = re.compile(
    r"\b(usage|options?:|optional|positional|arguments|show this|exit|default:|required|error|choose|file\b|folder)",
    re.IGNORECASE,
)


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _parsers(child)


PARSERS = {parser.prog: parser for parser in _parsers(build_parser())}


@pytest.mark.parametrize("prog", PARSERS)
def test_help_is_turkish_and_complete(prog: str) -> None:
    parser = PARSERS[prog]
    text = parser.format_help()
    found = ENGLISH.search(text)
    assert found is None, found
    assert text.startswith(f"kullanım: {prog}")
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert all(choice.help for choice in action._choices_actions)
        else:
            assert action.help, action


def test_what_can_be_chosen_is_readable() -> None:
    text = PARSERS["muhurdar ledger import"].format_help()
    assert "--encoding utf-8|cp1254" in text and "--decimals ,|." in text
    assert not any(re.search(r"\{,|,,", parser.format_help()) for parser in PARSERS.values())


def test_every_command_of_the_architecture_is_there() -> None:
    commands = {prog.removeprefix("muhurdar ") for prog in PARSERS}
    assert commands >= {
        "validate", "render", "sign", "verify", "token list", "token doctor", "company add", "company list",
        "connector set", "invoice create", "invoice queue", "invoice answer", "invoice list", "sync",
        "sandbox serve", "backup", "restore", "demo",
    }  # fmt: skip


def test_help_and_version_end_well(run: Any) -> None:
    shown = run("--help")
    assert shown.code == 0 and "komutlar:" in shown.out and shown.err == ""
    shown = run("sync", "--help")
    assert shown.code == 0 and "--complete" in shown.out
    assert run("--version").out.startswith("Mühürdar ")


@pytest.mark.parametrize("group", ["invoice", "company", "connector", "token", "sandbox"])
def test_group_without_a_command_shows_its_help(run: Any, group: str) -> None:
    shown = run(group)
    assert shown.code == 2
    assert shown.err.startswith(f"kullanım: muhurdar {group}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("yok",), "KOMUT için 'yok' olmaz"),
        (("demo",), "Eksik girdi: --out"),
        (("sync", "--company"), "--company bir değer ister"),
        (("sync", "--company", "1", "fazla"), "Tanınmayan girdi: fazla"),
        (("company", "list", "--js"), "Tanınmayan girdi: --js"),
        (("company", "list", "--json=1"), "--json değer almaz"),
        (("render", "a.xml"), "Şunlardan biri gerekli: --html --pdf --png"),
        (("render", "a.xml", "--pdf", "a", "--png", "b"), "birlikte kullanılamaz"),
        (("invoice", "list", "--company", "1", "--limit", "0"), "--limit: '0' olmaz"),
        (("invoice", "list", "--company", "1", "--direction", "x"), "--direction için 'x' olmaz"),
        (("invoice", "answer", "x", "evet", "--company", "1"), "için 'evet' olmaz"),
        (("sandbox", "serve", "--port", "99999"), "--port: '99999' olmaz"),
        (("sign", "a.xml", "-o", "b.xml"), "Şunlardan biri gerekli: --pkcs11 --pkcs12"),
        (("sign", "a.xml", "-o", "b.xml", "--pkcs12", "a", "--pkcs11", "b"), "birlikte kullanılamaz"),
        (("validate",), "Eksik girdi: DOSYA"),
    ],
)
def test_wrong_command_line_is_one_sentence(run: Any, words: tuple[str, ...], said: str) -> None:
    ran = run(*words)
    ran.refused(2, said, "--help")
    assert not ENGLISH.search(ran.err.replace("--", ""))


def test_wrong_command_line_obeys_json(run: Any) -> None:
    ran = run("sync", "--json")
    assert ran.code == 2
    error = ran.json("error")["error"]
    assert error["code"] == "USAGE"
    assert ran.err == f"{error['message']}\n"


def test_common_options_stand_on_either_side(run: Any, tmp_path: Any, company: str) -> None:
    assert company in run("company", "list").out
    empty = tmp_path / "baska"
    assert run("--data-dir", empty, "--json", "company", "list").json("company list") == {"companies": []}
    assert run("company", "list", "--json", "--data-dir", empty).json("company list") == {"companies": []}
    # The one nearer to the command counts.
    assert run("--data-dir", tmp_path / "yok", "company", "list", "--data-dir", empty).code == 0
    assert not (tmp_path / "yok").exists()


def test_what_nobody_foresaw_is_one_sentence_and_a_log(run: Any, data_dir: Any, expected_logs: Any) -> None:
    """A bug is played by a command that does not exist behind its parser."""
    from app.cli.shell import run_command

    expected_logs("command files.gone")
    arguments = argparse.Namespace(command="files.gone", json=True, verbose=False, data_dir=None)
    assert run_command(arguments) == 1
    logged = "".join(p.read_text("utf-8") for p in (data_dir / "logs").iterdir())
    assert "AttributeError" in logged and "Traceback" in logged
