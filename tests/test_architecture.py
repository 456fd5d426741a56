"""The habits of the house that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from launch.places import ROOT

ROOMS = ("config", "accounts", "forms", "storage", "notifications", "workflows")
# Who may import whom; every room may import itself.
MAY_IMPORT = {
    "config": set(),
    "accounts": {"config"},
    "forms": {"config", "accounts"},
    "storage": {"config", "accounts"},
    "notifications": {"config", "accounts"},
    "workflows": {"config", "accounts", "forms", "storage", "notifications"},
}
NAMELESS = {"utils", "helpers", "services", "common", "misc", "tools", "lib"}
# The only place of a name that all rooms share: who is addressed where, and what a process starts with.
ADDRESSES = {Path("config/urls.py"), Path("config/celery.py")}
MAX_LINES = 400


def modules() -> Iterator[Path]:
    """Every module of ours."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield file.relative_to(ROOT)


def templates() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("templates/**/*")):
            if file.is_file():
                yield file.relative_to(ROOT)


def tree_of(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def imported(file: Path) -> set[str]:
    """The rooms that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: say the whole name of a module"
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names} & set(ROOMS)


def test_rooms_import_downwards_only():
    upwards = {
        str(file): sorted(too_high)
        for file in modules()
        if file not in ADDRESSES
        and (too_high := imported(file) - MAY_IMPORT[file.parts[0]] - {file.parts[0]})
    }

    assert upwards == {}


def test_product_imports_neither_tests_nor_launcher():
    wrong = [
        f"{file}:{node.lineno}"
        for file in modules()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"tests", "launch"}
    ]

    assert wrong == []


def test_every_module_has_a_name_of_its_own():
    assert [str(file) for file in modules() if NAMELESS & {file.stem, *file.parts[:-1]}] == []


def test_nothing_below_the_views_sees_a_request():
    """Who handles a request is a view (viewflow's among them), a middleware, or what renders its answer."""
    above = re.compile(
        r"(^|/)(views?|web|middleware|demo_views|kept_input|refusals|context|health|doors|adapter|lockout|forms|flows|templatetags|api)(/|\.py$|$)"
    )
    wrong = [
        str(file)
        for file in modules()
        if not above.search(str(file))
        and file.parts[0] == "workflows"
        and any(isinstance(node, ast.arg) and node.arg == "request" for node in ast.walk(tree_of(file)))
    ]

    assert wrong == []


def test_modules_stay_short():
    long = {
        str(file): lines
        for file in modules()
        if "migrations" not in file.parts
        and (lines := len((ROOT / file).read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }

    assert long == {}


@pytest.mark.django_db
def test_migrations_have_not_drifted_from_the_models():
    call_command("makemigrations", "--check", "--dry-run", "--verbosity", "0")


def test_templates_hold_no_script_and_no_style():
    """The content security policy would drop them."""
    inline = re.compile(
        r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\b(src=|type=\"application/json\"))",
        re.IGNORECASE,
    )
    # A letter has no policy, and no style sheet either.
    wrong = [
        f"{file}:{number}"
        for file in templates()
        if file.suffix == ".html"
        for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1)
        if inline.search(re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", line))
    ]

    assert wrong == []


def test_environment_is_read_in_the_settings_alone():
    reading = re.compile(r"\bos\.(environ|getenv)\b|\bgetenv\(|\bfrom os import .*environ")
    # What Django itself must be told before there are settings.
    allowed = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")'
    wrong = [
        f"{file}:{number}"
        for file in modules()
        for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1)
        if reading.search(line) and allowed not in line
    ]

    assert wrong == []


def test_each_environment_variable_is_read_once():
    names = [
        node.args[0].value
        for node in ast.walk(tree_of(Path("config/settings.py")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    ]

    assert len(names) > 20
    assert sorted(names) == sorted(set(names))


def test_no_signals_between_our_own_apps():
    # After a migration Django itself says so; nothing else is told that way.
    signals = re.compile(
        r"\b(pre|post)_(save|delete|init)\b|\bm2m_changed\b|\bSignal\(|\.send_robust\(|@receiver"
    )
    wrong = [str(file) for file in modules() if signals.search((ROOT / file).read_text(encoding="utf-8"))]

    assert wrong == []


def test_errors_are_never_passed_over():
    wrong = [
        f"{file}:{node.lineno}"
        for file in modules()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]

    assert wrong == []
