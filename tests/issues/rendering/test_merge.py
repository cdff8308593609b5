"""Merge fields."""

from __future__ import annotations

import time

import pytest

from masthead.issues.rendering.merge import (
    MOST_FIELDS,
    MergeField,
    Slots,
    TooManyFields,
    fields,
    guard,
    leftovers,
    unguard_html,
    with_fallbacks,
    with_marks,
)


@pytest.mark.parametrize(
    "text",
    [
        '{{ name | "dear reader" }}',
        '{{name|"dear reader"}}',
        "{{ name | “dear reader” }}",
        "{{ name | „dear reader“ }}",
        "{{ name | «dear reader» }}",
        '{{\u00a0name\u00a0|\u00a0"dear reader"\u00a0}}',
    ],
)
def test_a_field_is_read_however_it_is_spaced_and_quoted(text: str) -> None:
    assert fields(text) == [MergeField("name", "dear reader")]
    assert leftovers(text) == []


def test_readers_without_the_attribute_get_the_fallback() -> None:
    assert with_fallbacks('Dear {{ name | "reader" }}!') == "Dear reader!"


def test_one_field_has_one_mark_wherever_it_stands() -> None:
    slots = Slots()

    text = with_marks('{{ name | "you" }}, {{ city | "there" }}, {{ name | "you" }}', slots)

    assert text == "{{f0}}, {{f1}}, {{f0}}"
    assert slots.as_dict() == {"f0": {"field": "name", "fallback": "you"}, "f1": {"field": "city", "fallback": "there"}}


@pytest.mark.parametrize(
    "payload",
    [
        "{{7*7}}",
        "{{ 7*7 }}",
        "{{x.__class__}}",
        "{{ config.items() }}",
        "{{ name }}",
        "{{ name | upper }}",
        '{{ name | default("x") }}',
        "{% debug %}",
        "${7*7}",
        "#{7*7}",
        "<#assign x=1>",
        "{{#each this}}x{{/each}}",
        '{{ .__class__ | "x" }}',
        "{{constructor.constructor('x')()}}",
        "{{ .Secret }}",
        '{{ NAME | "x" }}',
        '{{ name | "" }}',
        '{{ name | "a{{b" }}',
        "{{f0}}",
        "{{unsubscribe_url}}",
        "{{" * 50,
    ],
)
def test_foreign_templates_come_out_literally(payload: str) -> None:
    slots = Slots()

    mailed = with_marks(payload, slots)

    assert slots.as_dict() == {}
    assert with_fallbacks(payload) == payload
    assert "{{" not in mailed
    assert unguard_html(mailed).replace("&#123;", "{") == payload
    assert guard(payload) == mailed


@pytest.mark.parametrize("text", ["{{ name }}", "%%name%%", "*|FNAME|*", "${name}", '{{ Name | "x" }}'])
def test_what_looks_like_a_tag_and_is_none_is_found(text: str) -> None:
    assert leftovers(f"Dear {text},")[0].startswith(text[:4])


@pytest.mark.parametrize(
    "payload", ['{{ a | "b" }}' * 80_000, "{{" * 500_000, "{{ a |" * 170_000, '{{ a | "' * 125_000, "{{a" + " " * 1_000_000]
)
def test_a_megabyte_of_tags_takes_no_time(payload: str) -> None:
    started = time.process_time()

    with_marks(payload, Slots())
    leftovers(payload)

    assert time.process_time() - started < 2  # measured 0.03 to 0.25 s


def test_more_different_fields_than_anybody_needs_are_refused() -> None:
    text = "".join(f'{{{{ a{n} | "x" }}}}' for n in range(MOST_FIELDS + 1))

    with pytest.raises(TooManyFields, match="more than 100"):
        with_marks(text, Slots())
