"""What the code itself must not do, read from its syntax tree. The lists of exceptions are reviewed: each says why it may."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "masthead"

#: S1. Modules that write SQL themselves. Values are parameters; what is put together is constants of the module.
WRITES_SQL = {
    "audience/imports/foreign_keys.py",
    "audience/imports/indexes.py",
    "audience/imports/locking.py",
    "audience/imports/logs.py",
    "audience/imports/seen.py",
    "audience/imports/staging.py",
    "audience/imports/statements.py",
    "audience/searching.py",
    "cli/install.py",
    "cli/scratch.py",
    "delivery/forecasting.py",
    "delivery/ledger/committing.py",
    "delivery/ledger/counting.py",
    "delivery/ledger/moving.py",
    "delivery/ledger/ranges.py",
    "delivery/ledger/rows.py",
    "delivery/ledger/snapshot.py",
    "mail/allowances.py",
    "ops/durability.py",
}
HANDLES = {"cursor", "connection", "conn"}
#: S1. Its names of fields are constants of the module.
NAMES_FIELDS = {"web/admin/own_publications.py"}
#: S4. What becomes markup unescaped: made of escaped pieces by the issue's own renderers, or data for a script tag.
MAKES_MARKUP = re.compile(r"issues/(blocks|rendering)/\w+\.py|web/site/(trusted|heads|templatetags/masthead_site)\.py")
MAKES_MARKUP_ALSO = {
    "audience/messages.py",  # a list's own words, by `mail_markup`
    "forwarding/messages.py",  # a frozen feed text
    "web/admin/office/design.py",  # the sample issue, by the renderers
    "web/admin/wagtail_hooks.py",  # two constant tags
    "web/admin/writing/manuscripts.py",  # a manuscript, by the renderers
    "web/admin/writing/previews.py",  # a draft, by the renderers
}
#: S16. The one that asks other hosts.
FETCHES = {"common/fetching.py"}
#: S17. Programs that are started, by a list of arguments: our own, and SpamAssassin.
STARTS_PROGRAMS = {
    "bounces/sandbox.py",
    "cli/benching/measuring.py",
    "cli/drill/processes.py",
    "common/spamassassin.py",
    "issues/manuscripts/boxed.py",
}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """All but the migrations, parsed once."""
    return [
        (path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text()))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    ]


def named(node: ast.AST) -> str:
    """The last name of a call or an attribute: `raw` of `Issue.objects.raw`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_only_the_reviewed_modules_write_sql() -> None:
    """Rule S1."""
    found = {
        name
        for name, tree in modules()
        for call in calls(tree)
        if named(call.func) in {"cursor", "raw", "extra", "RawSQL"}
        or (named(call.func).startswith("execute") and isinstance(call.func, ast.Attribute) and named(call.func.value) in HANDLES)
    }
    assert found <= WRITES_SQL, "SQL text belongs into a reviewed module"


def test_what_a_user_sent_is_never_a_name_in_a_query() -> None:
    """Rule S1: `filter(**data)` and its like take names from a mapping; no view, form or command may do that."""
    asking = {"filter", "exclude", "annotate", "alias", "aggregate", "order_by", "values", "values_list", "get"}
    found = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        if name.startswith(("web/", "cli/")) and name not in NAMES_FIELDS
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in asking
        and ast.unparse(call.func.value) != "super()"
        and any(keyword.arg is None for keyword in call.keywords)
    ]
    assert found == []


def test_no_stored_text_becomes_a_template() -> None:
    """Rule S3: a reader's merge fields are our own small language."""
    found = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in calls(tree)
        if named(call.func) in {"Template", "from_string", "Jinja2"}
    ]
    assert found == []


def test_only_the_reviewed_modules_and_no_template_write_markup_unescaped() -> None:
    """Rule S4."""
    found = {
        name for name, tree in modules() for call in calls(tree) if named(call.func) in {"mark_safe", "SafeString", "SafeData"}
    }
    assert {name for name in found if not MAKES_MARKUP.fullmatch(name)} <= MAKES_MARKUP_ALSO
    unescaped = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off")
    assert [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in sorted(SOURCE.rglob("templates/**/*.html"))  # the text parts of mails are no markup
        for line in path.read_text().splitlines()
        if unescaped.search(line) and "field.help_text" not in line  # a form's own words, never a reader's
    ] == []


def test_secrets_are_compared_in_constant_time() -> None:
    """Rule S7: `==` on a secret tells by its time how much of a guess was right."""
    secret = re.compile(r"(^|_)(token|secret|password|passphrase|signature|hmac|mac|otp)$")
    no_secrets = {
        "bounces/webhooks/sns.py",  # the topic's public name, beside the signature
        "delivery/ledger/committing.py",  # fencing tokens: a count
        "delivery/ledger/ranges.py",
    }
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name, tree in modules()
        if name not in no_secrets
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, (ast.Eq, ast.NotEq)) for operator in node.ops)
        and any(secret.search(named(side)) for side in [node.left, *node.comparators])
        and not any(isinstance(side, ast.Constant) for side in node.comparators)
    ]
    assert found == [], "use hmac.compare_digest"


def test_one_module_alone_asks_other_hosts() -> None:
    """Rule S16."""
    clients = ("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "telnetlib")
    assert {name for name, tree in modules() for module in imported(tree) if module in clients} == FETCHES


def test_programs_are_started_by_a_list_of_arguments_and_never_by_a_shell() -> None:
    """Rule S17."""
    starting = {name for name, tree in modules() for module in imported(tree) if module in {"subprocess", "pty", "commands"}}
    assert starting <= STARTS_PROGRAMS
    found = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in calls(tree)
        if named(call.func) in {"system", "popen", "getoutput", "create_subprocess_shell"}
        or any(keyword.arg == "shell" for keyword in call.keywords)
    ]
    assert found == []


def test_a_form_names_its_fields() -> None:
    """Rule S24: nothing a form does not name is taken from what was sent."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == "Meta"
        for line in node.body
        if isinstance(line, ast.Assign)
        and (named(line.targets[0]) == "exclude" or (named(line.targets[0]) == "fields" and isinstance(line.value, ast.Constant)))
    ]
    assert found == []


@pytest.mark.parametrize("forbidden", ["pickle", "cPickle", "dill", "shelve", "marshal", "jsonpickle", "joblib"])
def test_nothing_stored_is_code(forbidden: str) -> None:
    """Rule S25: JSON only."""
    assert [name for name, tree in modules() for module in imported(tree) if module == forbidden] == []


def test_nothing_is_evaluated_and_yaml_makes_strings_only() -> None:
    """Rule S25."""
    found = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in calls(tree)
        if (isinstance(call.func, ast.Name) and call.func.id in {"eval", "exec", "compile"})
        or (ast.unparse(call.func) == "yaml.load" and "BaseLoader" not in ast.unparse(call))
    ]
    assert found == []
