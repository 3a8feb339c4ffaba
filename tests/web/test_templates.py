"""Whatever a template says stands in the catalogs, in all three languages; a build that lacks one is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import assistant.channels.web
from assistant.locales.checking import faults
from assistant.locales.compiling import catalog_paths
from assistant.platform.messages import messages
from corpus.text import Language

TEMPLATES = Path(assistant.channels.web.__file__).parent / "templates"
ROOT = Path(__file__).parents[2]
_LITERAL = re.compile(r"""\b(?:t|th|text)\(\s*["']([\w.]+)["']\s*(~)?""")
_TEXT = re.compile(r">([^<>{}]*[A-Za-zÆØÅæøå]{2}[^<>{}]*)<")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def keys() -> set[str]:
    found = set()
    for path in catalog_paths():
        with path.open("rb") as file:
            found |= {str(one.id) for one in read_po(file) if one.id}
    return found


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_key_that_a_template_names_is_there(path: Path) -> None:
    known = keys()
    for key, goes_on in _LITERAL.findall(path.read_text(encoding="utf-8")):
        if goes_on:
            assert any(one.startswith(key) for one in known), key
        else:
            assert key in known, key


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_template_says_anything_of_its_own(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    said = [text.strip() for text in _TEXT.findall(source)]
    assert [text for text in said if text and text not in {"Mellomrom", "– Mellomrom"}] == []


@pytest.mark.parametrize("language", Language)
def test_every_error_and_refusal_has_its_sentence(language: Language) -> None:
    from assistant.access.oidc import Refusal
    from assistant.channels.web.errors import TOLD

    named = [f"web.error.{status}" for status in TOLD] + [f"web.login.refused.{why}" for why in Refusal]
    assert [key for key in named if messages(language).text(key) == key] == []


def test_a_message_that_lacks_a_language_is_a_fault(tmp_path: Path) -> None:
    copied = tmp_path / "locales"
    shutil.copytree(ROOT / "assistant" / "locales", copied)
    paths = list(copied.glob("*/LC_MESSAGES/*.po"))
    assert faults(paths) == []
    nynorsk = copied / "nn" / "LC_MESSAGES" / "web.po"
    nynorsk.write_text(
        nynorsk.read_text(encoding="utf-8").replace('msgstr "Gå til innhaldet"', 'msgstr ""'), encoding="utf-8"
    )
    assert faults(paths) == ["web.po: web.skip has no text in nn"]


@pytest.mark.slow
def test_no_package_is_built_from_catalogs_that_lack_a_message(tmp_path: Path) -> None:
    for name in ("assistant", "index", "corpus", ".ci"):
        skipped = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    english = tmp_path / "assistant/locales/en/LC_MESSAGES/web.po"
    english.write_text(
        english.read_text(encoding="utf-8").replace('msgid "web.skip"', 'msgid "web.other"'), encoding="utf-8"
    )
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode != 0
    assert "web.po: web.skip has no text in en" in built.stdout + built.stderr
    assert not list(tmp_path.glob("dist/*.whl"))
