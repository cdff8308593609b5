"""What people outside wrote is text wherever it is shown: in every text field of every row, on every screen and page."""

from __future__ import annotations

import contextlib
from html import escape, unescape
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone

from masthead.delivery.models import Campaign, Delivery
from tests.house.routing import routes
from tests.web.conftest import publish_edition

HOSTILE = """x<svg onload=alert(1)>'"--"""
#: Not words: written by the program, or checked against a set or a form when they are saved.
NO_WORDS = {
    "action", "address_key", "base_url", "by", "digest", "direction", "fingerprint", "from_address", "host", "language", "locale",
    "message_id", "name_key", "password", "path", "previous", "revision", "secret", "sealed", "session_data", "slug", "state",
    "stored_path", "tag_authority", "time_zone", "timezone", "token", "url", "username",
}  # fmt: skip
OURS = ("audience", "audit", "bounces", "delivery", "forwarding", "issues", "mail", "ops", "team")
#: What was frozen is rendered once, by the renderers; the test gives them hostile words to render.
FROZEN = {"Edition", "Event", "ConsentEvent", "Entry", "TakenNumber"}


def poison() -> set[str]:
    """Write HOSTILE into every field of words of every row; the tables that had some."""
    reached = set()
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model.__name__ in FROZEN:
            continue
        fields = [
            field.attname
            for field in model._meta.local_concrete_fields
            if isinstance(field, (models.CharField, models.TextField))
            and not field.choices
            and not field.unique
            and not isinstance(field, (models.URLField, models.SlugField, models.UUIDField))
            and field.name not in NO_WORDS
            and (model.__name__, field.name) != ("Subscriber", "address")  # checked on every way in, and parsed by screens
            and (field.max_length or 1000) >= len(HOSTILE)
        ]
        for name in fields:
            with contextlib.suppress(IntegrityError), transaction.atomic():  # the database itself knows better
                if model._default_manager.update(**{name: HOSTILE}):
                    reached.add(f"{model.__name__}.{name}")
    return reached


def fill() -> set[str]:
    """A row in every table of ours that has none yet and takes one; the names of the models that have rows then."""
    for _ in range(3):  # some need rows of others first
        for model in apps.get_models():
            if model._meta.app_label in OURS and not model._default_manager.exists():
                with contextlib.suppress(DatabaseError, ValidationError, TypeError, ValueError), transaction.atomic():
                    [row] = model._default_manager.bulk_create([model(**values_for(model))])
                    for several in model._meta.local_many_to_many:
                        getattr(row, several.name).add(several.related_model._default_manager.first())
    return {model.__name__ for model in apps.get_models() if model._meta.app_label in OURS and model._default_manager.exists()}


def values_for(model: type[models.Model]) -> dict[str, object]:
    """Something for each field that has no default."""
    values: dict[str, object] = {}
    for field in model._meta.local_concrete_fields:
        if field.has_default() or field.null or field.primary_key:
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = field.related_model._default_manager.first()
        elif field.choices:
            values[field.name] = next(iter(field.flatchoices))[0]
        else:
            values[field.name] = sample(field)
    return values


def sample(field: models.Field[Any, Any]) -> object:
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return timezone.now().date()
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.BinaryField):
        return b"x"
    if isinstance(field, (models.CharField, models.TextField)):
        return "x" if field.unique or field.name in NO_WORDS else HOSTILE[: field.max_length]
    return 1


@pytest.fixture
def counted_anew(db: None) -> None:
    """PostgreSQL goes on counting after a rollback. From 1 on again, rows stand at the addresses that are asked for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for sequence in connection.introspection.sequence_list():
                name = sequence["table"]
                cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')
                if cursor.fetchone() == (False,):
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), 1, false)", [f'"{name}"', sequence["column"]])


@pytest.fixture
def house(counted_anew: None, publication: Any, mailing_list: Any, make_subscriber: Any) -> None:
    """A bulletin with a public issue, a reader who got it, and a row in every other table."""
    now = timezone.now()
    edition = publish_edition(publication, 1970, HOSTILE, excerpt=HOSTILE, label=HOSTILE, correction=HOSTILE, at=now)
    reader = make_subscriber("rosa@example.org", mailing_list, name=HOSTILE)
    campaign = Campaign.objects.create(
        edition=edition, state="finished", mail_mode="full", started_at=now, finished_at=now, by="staff:1", created_at=now
    )
    campaign.lists.set([mailing_list])
    Delivery.objects.create(campaign=campaign, subscriber=reader, state=Delivery.State.ACCEPTED)


@pytest.mark.django_db
def test_hostile_words_are_text_on_every_screen_and_page(house: None, owner: Any) -> None:
    """Rules S2 and S4."""
    filled, poisoned = fill(), poison()
    assert len(filled) > 40, sorted(filled)
    assert len(poisoned) > 60, sorted(poisoned)
    desk, shown, wrong = Client(raise_request_exception=False), 0, {}
    desk.force_login(owner)
    for address in sorted({address for _, address, _ in routes()} | {"/issues/1970/"}):
        answer = desk.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code >= 500:
            wrong[address] = str(answer.status_code)
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            shown += b"svg onload" in body
            if b"<svg onload" in body:
                wrong[address] = body.split(b"<svg onload")[0][-80:].decode()
    assert wrong == {}
    assert shown > 60, "the words are shown, or this proves nothing"


#: Jinja, Twig, Django, FreeMarker, Thymeleaf, ERB, Go, Handlebars: 7919 * 7907 is 62615533.
TEMPLATES = [
    *("{{7919*7907}}", "{{ name.__class__ }}", "{{ name|attr('x') }}", "{{mul 7919 7907}}", "{{{name}}}", "{% import os %}"),
    *("${7919*7907}", "#{7919*7907}", "*{7919*7907}", "<%= 7919*7907 %>", '<#assign x="freemarker">', "{{#with name}}{{/with}}"),
]


@pytest.mark.django_db
def test_other_template_languages_are_plain_text(publication: Any) -> None:
    """Rule S3: they come out as they were written; nothing is worked out."""
    edition = publish_edition(publication, 1971, "x", text=f"<p>{escape(' '.join(TEMPLATES))}</p>")
    for form in (edition.web_html, edition.mail_html_full, edition.text_full, edition.feed_html):
        assert "62615533" not in form
        assert "class 'str'" not in unescape(form)
    assert [payload for payload in TEMPLATES if payload not in unescape(edition.web_html)] == []
