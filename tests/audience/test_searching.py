"""Readers are found by a part of address or name, through an index that follows them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection

from masthead.audience import lookups, searching
from masthead.audience.models import MailingList, Subscriber

pytestmark = pytest.mark.django_db


def found(text: str) -> set[str]:
    return {reader.address for reader in lookups.matching(Subscriber.objects.all(), text)}


@pytest.fixture
def indexed() -> None:
    """SQLite's index, whether or not an earlier test ran without it."""
    searching._has_index.cache_clear()
    if not searching._has_index():
        pytest.skip("the migrations, which make the index, were left out")


@pytest.mark.sqlite
def test_the_index_follows_whoever_comes_changes_and_goes(indexed: None, make_subscriber: Any, mailing_list: MailingList) -> None:
    reader = make_subscriber("rosa@quay.example", mailing_list, name="Rosa Marin")
    make_subscriber("leo@quay.example", mailing_list)

    def in_index(threes: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM audience_search WHERE audience_search MATCH %s", [threes])
            return [row[0] for row in cursor.fetchall()]

    assert in_index('"ros"') == in_index('"MAR"') == [reader.pk]
    Subscriber.objects.filter(pk=reader.pk).update(name="Ilse Brandt", note="moved")
    assert (in_index('"mar"'), in_index('"bra"')) == ([], [reader.pk])
    assert (found("marin"), found("brandt")) == (set(), {"rosa@quay.example"})
    reader.delete()
    assert (in_index('"ros"'), found("quay")) == ([], {"leo@quay.example"})


def test_the_index_finds_what_looking_at_every_row_finds(
    make_subscriber: Any, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Rosa Marín", 'Leo "Lee" O\'Hara', "آنا", "100% sure_thing", "İpek", "straße", "李小龙家", "a*b", "AND OR NOT", ""]
    for number, name in enumerate(names):
        make_subscriber(f"reader{number * 7}.x_{number}@d{number % 3}.example", mailing_list, name=name)
    make_subscriber("ßtraße@bücher.example", mailing_list, name="Ünal Öz")
    words = [*names, "reader7", ".x_1@d1", "bücher", "BÜCHER", "ÜNAL", "example", "zzz", '"""', "x\\_", "*", "a" * 300]
    chance = random.Random(4)
    pieces = {word[at : at + chance.randint(1, 8)] for word in words for at in range(len(word)) if at < 12} - {"", " "}
    with_index = {piece: found(piece) for piece in sorted(pieces)}
    monkeypatch.setattr(searching, "_has_index", lambda: False)
    assert with_index == {piece: found(piece) for piece in sorted(pieces)}
    assert any(len(readers) == 1 for readers in with_index.values())


@pytest.mark.sqlite
def test_a_part_that_nearly_everybody_has_is_looked_for_in_the_table(
    indexed: None, make_subscriber: Any, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_FEW", 2)
    for number in range(4):
        make_subscriber(f"reader{number}@d.example", mailing_list)
    assert "json_each" in str(lookups.matching(Subscriber.objects.all(), "reader2").query)
    assert "json_each" not in str(lookups.matching(Subscriber.objects.all(), "reader").query)
    assert (len(found("reader2")), len(found("reader"))) == (1, 4)


@pytest.mark.sqlite
def test_a_long_text_takes_no_more_questions_than_a_short_one(
    indexed: None, make_subscriber: Any, mailing_list: MailingList, django_assert_num_queries: Any
) -> None:
    make_subscriber("a.reader.with.a.long.address@somewhere.example", mailing_list)
    for text in ("with", "reader.with.a.long.address"):
        # How rare its threes are, who may have them, who has it.
        with django_assert_num_queries(3):
            assert len(found(text)) == 1


@pytest.mark.sqlite
def test_the_rarest_threes_are_asked_for(indexed: None, make_subscriber: Any, mailing_list: MailingList) -> None:
    for number in range(searching._PROBE + 5):
        make_subscriber(f"reader{number}@d.example", mailing_list, name="Leo" if number % 100 == 7 else "Ann")
    threes = searching._threes("reader107@d.example")
    asked = searching._rarest(threes)
    # Three readers have "107" (or a part that begins like it); everybody has "rea" and ".ex".
    assert '"107"' in asked and '"rea"' not in asked
    assert asked.count('"') == 2 * searching._ASKED_FOR
    assert found("reader107@d.ex") == {"reader107@d.example"}
