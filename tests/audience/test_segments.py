"""Segments: the grammar, what each condition means, and that nothing of a rule becomes SQL."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet

from masthead.audience import defining, tagging
from masthead.audience.models import MailingList, Segment, Subscriber, Subscription
from masthead.audience.segments import saving, tree
from masthead.audience.segments.compiling import Compiler, SegmentBroken
from masthead.audience.segments.conditions import Takes, registry
from masthead.audience.segments.tree import BadRule
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression

INJECTIONS = [
    "'; DROP TABLE audience_subscriber; --",
    "' OR 1=1 --",
    '" OR ""="',
    "1) UNION SELECT password FROM team_user --",
    "%s %(x)s {0} ${x}",
    "\\'; SELECT pg_sleep(9); --",
    "id__in",
    "attributes__city__contains",
    "$.city",
    'city") IS NOT NULL OR ("',
    "]}'::jsonb",
    "/**/",
    "\u202e\u2028",
]


@pytest.fixture
def quay(db: None, now: datetime, mailing_list: Any, make_subscriber: Any) -> dict[str, Any]:
    """Six readers who differ in everything that can be asked; "r0" to "r5" in the tests."""
    other = MailingList.objects.create(name="Tides", slug="tides")
    held: list[dict[str, Any]] = [
        {"city": "Lyon", "age": 30, "born": "1990-05-01", "press": True, "likes": ["Sea"], "times": "Morning", "land": "DE"},
        {
            "city": "lyon",
            "age": 4.5,
            "born": "2020-01-01",
            "press": False,
            "likes": ["Sea", "Mud"],
            "times": "Evening",
            "also": "fr",
        },
        {"city": "São Tomé", "age": "many", "press": "yes", "likes": "Mud"},
        {"city": 'O\'Hara "x" 100%_', "age": -1},
        {"city": None},
        {},
    ]
    domains = ["example.org", "example.org", "mail.example.org", "example.net", "bücher.example", "example.com"]
    readers = []
    for number, (attributes, domain) in enumerate(zip(held, domains, strict=True)):
        reader = make_subscriber(
            f"r{number}@{domain}",
            mailing_list if number < 4 else None,
            state=("active", "active", "pending", "left")[number] if number < 4 else "active",
            attributes=attributes,
            language=("fr", "fr-CA", "de", "", "FR", "frr")[number],
            source=("import 1", "form", "import 12", "", "staff", "form")[number],
            mail_format="text" if number == 5 else "html",
        )
        Subscriber.objects.filter(pk=reader.pk).update(created_at=now - timedelta(days=100 * number))
        readers.append(reader)
    Subscription.objects.create(subscriber=readers[1], list=other, state="active", since=now - timedelta(days=9))
    Subscription.objects.filter(subscriber=readers[1], list=mailing_list).update(paused_until=(now + timedelta(days=3)).date())
    for kind, label, choices in (
        ("text", "City", []),
        ("number", "Age", []),
        ("date", "Born", []),
        ("boolean", "Press", []),
        ("choices", "Likes", ["Sea", "Mud"]),
        ("choice", "Times", ["Morning", "Evening"]),
        ("country", "Land", []),
        ("language", "Also", []),
    ):
        defining.create(kind=kind, label=label, choices=choices, by="system", now=now)
    tag = tagging.get_or_create(name="friends", by="system", now=now)
    tagging.put(tag=tag, readers=Subscriber.objects.filter(pk__in=[readers[0].pk, readers[5].pk]), by="system", now=now)
    suppressions.suppress(address=normalise(readers[3].address), reason=Suppression.Reason.STAFF, now=now, by="system")
    suppressions.suppress_domain(domain="example.com", now=now, by="system")
    return {"list": str(mailing_list.pk), "other": str(other.pk), "tag": str(tag.pk)}


def ask(rule: object, now: datetime) -> str:
    """Who fits, as the digits of r0 to r5; that counting agrees is asserted on the way."""
    compiler = Compiler(now=now)
    read = tree.read(rule)
    found = sorted(compiler.of_rule(read).values_list("address", flat=True))
    assert compiler.count(read) == len(found)
    return "".join(address[1] for address in found)


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        ({"if": "list", "of": "list", "is": "active"}, "01"),
        ({"if": "list", "of": "list", "is": "off"}, "2345"),
        ({"if": "list", "of": "list", "is": "pending"}, "2"),
        ({"if": "list", "of": "list", "is": "left"}, "3"),
        ({"if": "list", "of": "list", "is": "paused"}, "1"),
        ({"if": "list", "of": "list", "is": "never"}, "45"),
        ({"if": "joined_list", "of": "other", "is": "last_days", "to": 10}, "1"),
        ({"if": "joined_list", "of": "other", "is": "last_days", "to": 8}, ""),
        ({"if": "any_list", "is": "active"}, "01"),
        ({"if": "any_list", "is": "none"}, "2345"),
        ({"if": "attribute", "of": "city", "is": "equal", "to": "Lyon"}, "0"),
        ({"if": "attribute", "of": "city", "is": "equal", "to": ["Lyon", "São Tomé"]}, "02"),
        ({"if": "attribute", "of": "city", "is": "unequal", "to": "Lyon"}, "12345"),
        ({"if": "attribute", "of": "city", "is": "contains", "to": "LYO"}, "01"),
        ({"if": "attribute", "of": "city", "is": "contains", "to": "%_"}, "3"),
        ({"if": "attribute", "of": "city", "is": "contains", "to": '"x"'}, "3"),
        ({"if": "attribute", "of": "city", "is": "known"}, "0123"),
        ({"if": "attribute", "of": "city", "is": "empty"}, "45"),
        ({"if": "attribute", "of": "age", "is": "equal", "to": "30"}, "0"),
        ({"if": "attribute", "of": "age", "is": "above", "to": 4}, "01"),
        ({"if": "attribute", "of": "age", "is": "at_most", "to": 4.5}, "13"),
        ({"if": "attribute", "of": "born", "is": "before", "to": "2000-01-01"}, "0"),
        ({"if": "attribute", "of": "born", "is": "since", "to": "1990-05-01"}, "01"),
        ({"if": "attribute", "of": "born", "is": "on", "to": "2020-01-01"}, "1"),
        ({"if": "attribute", "of": "press", "is": "yes"}, "0"),
        ({"if": "attribute", "of": "press", "is": "no"}, "1"),
        ({"if": "attribute", "of": "likes", "is": "has", "to": "Mud"}, "12"),
        ({"if": "attribute", "of": "likes", "is": "lacks", "to": "Sea"}, "2345"),
        ({"if": "attribute", "of": "times", "is": "equal", "to": "Morning"}, "0"),
        ({"if": "attribute", "of": "land", "is": "equal", "to": "de"}, "0"),
        ({"if": "attribute", "of": "land", "is": "equal", "to": ["Norway", "Allemagne"]}, "0"),
        ({"if": "attribute", "of": "also", "is": "equal", "to": "French"}, "1"),
        ({"if": "attribute", "of": "also", "is": "unequal", "to": "fr"}, "02345"),
        ({"if": "language", "is": "equal", "to": "German"}, "2"),
        ({"if": "tag", "of": "tag", "is": "has"}, "05"),
        ({"if": "tag", "of": "tag", "is": "lacks"}, "1234"),
        ({"if": "language", "is": "equal", "to": "fr"}, "014"),
        ({"if": "language", "is": "empty"}, "3"),
        ({"if": "domain", "is": "equal", "to": ["Example.ORG", "xn--bcher-kva.example"]}, "014"),
        ({"if": "domain", "is": "under", "to": "example.org"}, "012"),
        ({"if": "added", "is": "last_days", "to": 150}, "01"),
        ({"if": "added", "is": "older_days", "to": 350}, "45"),
        ({"if": "source", "is": "equal", "to": "form"}, "15"),
        ({"if": "source", "is": "contains", "to": "import"}, "02"),
        ({"if": "format", "is": "text"}, "5"),
        ({"if": "suppressed", "is": "yes"}, "35"),
        ({"if": "sample", "is": "any", "to": 100}, "012345"),
    ],
    ids=str,
)
def test_each_condition_finds_whom_it_says_and_its_opposite_everybody_else(
    quay: dict[str, Any], now: datetime, leaf: dict[str, Any], expected: str
) -> None:
    leaf = leaf | ({"of": quay.get(leaf["of"], leaf["of"])} if "of" in leaf else {})
    assert ask(leaf, now) == expected
    assert ask({"not": leaf}, now) == "".join(each for each in "012345" if each not in expected)
    assert ask({"all": [leaf, {"all": []}]}, now) == expected
    assert ask({"any": [leaf, {"any": []}]}, now) == expected


def test_nothing_asked_is_everybody_and_no_alternative_is_nobody(quay: dict[str, Any], now: datetime) -> None:
    assert ask({"all": []}, now) == "012345"
    assert ask({"any": []}, now) == ""
    assert ask({"not": {"all": []}}, now) == ""
    assert ask({"any": [{"all": []}, {"if": "format", "is": "text"}]}, now) == "012345"


def test_samples_are_the_same_each_time_and_as_large_as_they_say(db: None, now: datetime, make_subscriber: Any) -> None:
    for number in range(400):
        make_subscriber(f"reader{number}@example.org")
    small, large = ({"if": "sample", "is": "any", "to": percent} for percent in (10, 50))
    compiler = Compiler(now=now)
    of_small = set(compiler.of_rule(tree.read(small)))
    of_large = set(compiler.of_rule(tree.read(large)))
    assert 15 < len(of_small) < 70
    assert 140 < len(of_large) < 260
    assert of_small < of_large
    second = set(compiler.of_rule(tree.read({"if": "sample", "is": "second", "to": 10})))
    assert second
    assert second != of_small
    rest = set(compiler.of_rule(tree.read({"not": small})))
    assert (len(rest) + len(of_small), rest & of_small) == (400, set())


def random_value(chance: random.Random, takes: Takes, choices: Any) -> object:
    if choices:
        return chance.choice(choices)[0]
    return {
        Takes.NOTHING: lambda: None,
        Takes.TEXT: lambda: chance.choice([*INJECTIONS, "Lyon", "form"]),
        Takes.TEXTS: lambda: [chance.choice([*INJECTIONS, "Lyon", "fr", "example.org"]) for _ in range(chance.randint(1, 3))],
        Takes.NUMBER: lambda: chance.choice([0, 4.5, 30, -1]),
        Takes.DATE: lambda: f"20{chance.randint(10, 26)}-01-01",
        Takes.DAYS: lambda: chance.randint(0, 500),
        Takes.PERCENT: lambda: chance.randint(1, 100),
    }[takes]()


def random_rule(chance: random.Random, compiler: Compiler, depth: int = 1) -> dict[str, Any]:
    kind = chance.random()
    if depth < 5 and kind < 0.45:
        parts = [random_rule(chance, compiler, depth + 1) for _ in range(chance.randint(0, 3))]
        return {chance.choice(["all", "any"]): parts}
    if depth < 5 and kind < 0.55:
        return {"not": random_rule(chance, compiler, depth + 1)}
    condition = chance.choice(registry.all())
    subjects = compiler.subjects_of(condition)
    if condition.subjects is not None and not subjects:
        return {"if": "any_list", "is": "active"}
    key = chance.choice(sorted(subjects)) if subjects else ""
    name, operator = chance.choice(sorted(condition.operators(subjects.get(key)).items()))
    leaf: dict[str, Any] = {"if": condition.name, "is": name, "called": chance.choice(INJECTIONS)}
    named = key in {"land", "also"} and operator.takes is Takes.TEXTS  # anything else is refused before it is a value
    value = [chance.choice(["fr", "de"])] if named else random_value(chance, operator.takes, operator.choices)
    return leaf | ({"of": key} if key else {}) | ({"to": value} if value is not None else {})


def known_words() -> set[str]:
    names = {
        part for model in apps.get_models() for part in (model._meta.db_table, *(f.column for f in model._meta.concrete_fields))
    }
    keywords = (
        "SELECT FROM WHERE AND OR NOT IN EXISTS IS NULL LIKE ESCAPE CASE WHEN THEN END AS a LIMIT TRUE FALSE UPPER "
        "text double precision json_extract json_type json_each jsonb_typeof jsonb_exists coalesce one value "
        "pk s subscriber U0 U1 U2 V0 V1"
    )
    return {word.casefold() for word in names} | {word.casefold() for word in keywords.split()}


def test_ten_thousand_random_rules_become_sql_of_known_words_only(quay: dict[str, Any], now: datetime) -> None:
    """Rule S1. Values, injection strings among them, are all parameters."""
    chance, compiler, known = random.Random(1971), Compiler(now=now), known_words()
    seen: set[str] = set()
    for _number in range(10_000):
        found = compiler.of_rule(tree.read(random_rule(chance, compiler)))
        try:
            sql, _params = found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # how Django says "nobody"
            continue
        seen.update(re.findall(r"[^\W\d]\w*|\d+|'[^']*'|[^\s\w]", sql))
    words = {token for token in seen if re.match(r"[^\W\d]", token)}
    assert {word for word in words if word.casefold() not in known} == set()
    assert {token for token in seen if token.isdecimal()} <= {"1"}
    assert {token for token in seen if token.startswith("'")} <= {"'integer'", "'real'", "'number'", "'\\'", "'\\\\'"}
    assert {token for token in seen if not re.match(r"[\w']", token)} <= set('"().,=<>%-:\\')


def test_random_rules_answer_what_sets_of_readers_answer(quay: dict[str, Any], now: datetime) -> None:
    """The algebra: a rule as a whole finds what its conditions find one by one, put together as sets."""
    chance, compiler = random.Random(7), Compiler(now=now)
    everybody = set(Subscriber.objects.values_list("pk", flat=True))
    known: dict[str, set[int]] = {}

    def of(rule: tree.Rule) -> set[int]:
        match rule:
            case tree.All(parts):
                return everybody.intersection(*(of(part) for part in parts))
            case tree.Some(parts):
                return set().union(*(of(part) for part in parts))
            case tree.Not(part):
                return everybody - of(part)
        return known.setdefault(repr(rule), set(compiler.of_rule(rule).values_list("pk", flat=True)))

    for _number in range(250):
        rule = tree.read(random_rule(chance, compiler))
        assert set(compiler.of_rule(rule).values_list("pk", flat=True)) == of(rule), rule
        assert compiler.count(rule) == len(of(rule)), rule


@pytest.mark.parametrize("words", INJECTIONS)
def test_a_name_that_nobody_allowed_is_refused_wherever_it_stands(quay: dict[str, Any], now: datetime, words: str) -> None:
    for leaf in (
        {"if": words, "is": "equal", "to": "x"},
        {"if": "attribute", "of": words, "is": "equal", "to": "x"},
        {"if": "attribute", "of": "city", "is": words, "to": "x"},
        {"if": "list", "of": words, "is": "active"},
        {"if": "tag", "of": words, "is": "has"},
        {"if": "segment", "of": words, "is": "in"},
        {"if": "attribute", "of": "times", "is": "equal", "to": words},
    ):
        with pytest.raises((BadRule, SegmentBroken)):
            Compiler(now=now).of_rule(tree.read(leaf))
    assert ask({"if": "attribute", "of": "city", "is": "equal", "to": words}, now) == ""


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "all",
        {},
        {"all": {}},
        {"all": [], "any": []},
        {"not": None},
        {"if": "list"},
        {"if": "list", "is": "active", "where": "1=1"},
        {"if": 1, "is": "active"},
        {"if": "list", "is": ["active"]},
        {"if": "format", "is": "text", "to": {"$gt": ""}},
        {"if": "format", "is": "text", "to": [["x"]]},
        {"if": "format", "is": "text", "to": "x\0"},
        {"if": "source", "is": "equal", "to": "x" * 321},
        {"if": "source", "is": "equal", "to": ["x"] * 1001},
        {"all": [{"if": "format", "is": "text"}] * 101},
        {"all": [{"any": [{"if": "format", "is": "text"}] * 60}, {"any": [{"if": "format", "is": "text"}] * 60}]},
    ],
    ids=lambda data: str(data)[:40],
)
def test_what_is_no_rule_is_refused(data: object) -> None:
    with pytest.raises(BadRule):
        tree.read(data)


def test_a_rule_ten_thousand_deep_is_refused_at_once() -> None:
    rule: dict[str, Any] = {"if": "format", "is": "text"}
    for _level in range(10_000):
        rule = {"not": rule}
    with pytest.raises(BadRule, match="deeper"):
        tree.read(rule)


@pytest.mark.parametrize(
    "leaf",
    [
        {"if": "added", "is": "before", "to": "yesterday"},
        {"if": "added", "is": "before"},
        {"if": "added", "is": "last_days", "to": -1},
        {"if": "added", "is": "last_days", "to": 1.5},
        {"if": "added", "is": "last_days", "to": True},
        {"if": "attribute", "of": "age", "is": "equal", "to": "many"},
        {"if": "attribute", "of": "age", "is": "equal", "to": "nan"},
        {"if": "attribute", "is": "equal", "to": "x"},
        {"if": "attribute", "of": "land", "is": "equal", "to": "Atlantis"},
        {"if": "source", "is": "equal", "to": []},
        {"if": "source", "is": "equal", "to": " "},
        {"if": "format", "is": "text", "to": "x"},
        {"if": "format", "of": "x", "is": "text"},
        {"if": "sample", "is": "any", "to": 0},
        {"if": "sample", "is": "any", "to": 101},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused_in_words(quay: dict[str, Any], now: datetime, leaf: dict[str, Any]) -> None:
    with pytest.raises(BadRule) as refused:
        Compiler(now=now).of_rule(tree.read(leaf))
    assert len(str(refused.value)) > 20


def test_what_does_not_fit_is_said_of_the_attribute_by_its_name(quay: dict[str, Any], now: datetime) -> None:
    with pytest.raises(BadRule, match="Attribute “Age”: write a number"):
        Compiler(now=now).of_rule(tree.read({"if": "attribute", "of": "age", "is": "above", "to": "many"}))


def make(name: str, rule: dict[str, Any], now: datetime) -> Segment:
    return saving.create(name=name, rule=tree.read(rule), by="system", now=now)


def test_a_segment_is_found_by_its_name_and_is_one_of_its_name(quay: dict[str, Any], now: datetime) -> None:
    made = make("French  readers", {"if": "language", "is": "equal", "to": "fr"}, now)
    assert saving.find("french Readers") == made
    with pytest.raises(saving.SegmentNameTaken):
        make("FRENCH READERS", {"all": []}, now)
    assert [reader.address[:2] for reader in sorted(saving.readers_in(made, now=now), key=str)] == ["r0", "r1", "r4"]


def test_a_segment_in_another_and_out_of_another(quay: dict[str, Any], now: datetime) -> None:
    french = make("French", {"if": "language", "is": "equal", "to": "fr"}, now)
    on_list = {"if": "list", "of": quay["list"], "is": "active"}
    both = make("Both", {"all": [on_list, {"if": "segment", "of": str(french.pk), "is": "in"}]}, now)
    assert ask(both.rule, now) == "01"
    assert ask({"all": [{"if": "segment", "of": str(french.pk), "is": "out"}]}, now) == "235"
    with pytest.raises(saving.SegmentInUse, match="Both"):
        saving.delete(segment=french, by="system", now=now)
    with pytest.raises(SegmentBroken, match="itself"):
        saving.edit(
            segment=french,
            name="French",
            rule=tree.read({"if": "segment", "of": str(both.pk), "is": "in"}),
            description="",
            by="x",
            now=now,
        )
    # Written past the verb, it still cannot run in circles.
    Segment.objects.filter(pk=french.pk).update(rule={"if": "segment", "of": str(both.pk), "is": "in"})
    with pytest.raises(SegmentBroken, match="itself"):
        Compiler(now=now).readers(Segment.objects.get(pk=both.pk))


def test_a_segment_whose_list_attribute_or_tag_is_gone_says_so_by_its_name(quay: dict[str, Any], now: datetime) -> None:
    by_list = make("By list", {"not": {"if": "list", "of": quay["other"], "is": "active"}}, now)
    by_attribute = make("By city", {"if": "attribute", "of": "city", "is": "known"}, now)
    by_tag = make("By tag", {"any": [{"if": "tag", "of": quay["tag"], "is": "lacks"}]}, now)
    assert saving.trouble_of(by_list, now=now) == ""
    MailingList.objects.get(pk=quay["other"]).delete()
    defining.delete(attribute=defining.Attribute.objects.get(key="city"), by="system", now=now)
    tagging.delete(tag=tagging.Tag.objects.get(), by="system", now=now)
    for segment, name in ((by_list, "Tides"), (by_attribute, "City"), (by_tag, "friends")):
        with pytest.raises(SegmentBroken, match=name):
            Compiler(now=now).readers(segment)
        with pytest.raises(SegmentBroken, match=name):
            saving.narrowing(segments=[], excluded=[segment], now=now)
        assert name in saving.trouble_of(segment, now=now)


def test_a_rule_can_be_read_aloud(quay: dict[str, Any], now: datetime) -> None:
    rule = tree.read(
        {
            "all": [
                {"if": "list", "of": quay["list"], "is": "active"},
                {
                    "any": [
                        {"if": "added", "is": "last_days", "to": 30},
                        {"if": "attribute", "of": "city", "is": "equal", "to": ["Lyon", "Nice"]},
                    ]
                },
                {"not": {"if": "language", "is": "empty"}},
            ]
        }
    )
    words = saving.in_words(rule, Compiler(now=now))
    assert words == (
        "List “The Courier” is on it and (Known to us in the last 30 days or Attribute “City” is Lyon, Nice) "
        "and not (Language is not known)"
    )


def test_a_random_sample_is_said_as_a_sentence(db: None, now: datetime) -> None:
    rules = [tree.read({"if": "sample", "is": which, "to": 10}) for which in ("any", "second")]
    said = [saving.in_words(rule, Compiler(now=now)) for rule in rules]
    assert said == ["a random sample of 10 percent", "another random sample of 10 percent"]


def test_one_compiler_asks_little_however_long_the_rule(
    quay: dict[str, Any], now: datetime, django_assert_max_num_queries: Any
) -> None:
    leaf = {"if": "attribute", "of": "city", "is": "equal", "to": "Lyon"}
    rule = tree.read({"all": [{"if": "list", "of": quay["list"], "is": "active"}, *[leaf] * 90]})
    with django_assert_max_num_queries(4):
        Compiler(now=now).count(rule)
