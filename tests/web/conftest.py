"""Issues that were published, and mails that went out: what the public side shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from masthead.web import budgets, forms

#: Long ago, so that everything published then is public today.
PUBLISHED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """No test pays for the posts of another."""
    yield
    for budget in (budgets.SIGN_UP, budgets.SIGN_UP_PROVED, budgets.SIGN_IN, budgets.CODES, budgets.FORWARD, budgets.TOKENS):
        budget.forget()


@pytest.fixture
def visitor() -> Client:
    """A visitor, who checks CSRF as the product does."""
    return Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1:8000")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A function that makes the stamp of a form which was opened a minute ago."""

    def stamp() -> str:
        import time

        real = time.time
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "time", lambda: real() - 60)
            return forms.stamp()

    return stamp


@pytest.fixture
def publish(publication: Any) -> Callable[..., Any]:
    """A function: number, title, … → a published edition, rendered by the real renderer."""

    def published(number: int, title: str = "Tides and ferries", **fields: Any) -> Any:
        return publish_edition(publication, number, title, **fields)

    return published


def tracked_campaign(publication: Any, *, text: str, now: datetime) -> Any:
    """No. 1971 with this text, sent an hour ago, with links of their own for readers who agreed."""
    from masthead.delivery.models import Campaign

    publication.measuring = "readers"
    publication.save(update_fields=["measuring"])
    return Campaign.objects.create(
        edition=publish_edition(publication, 1971, "Tides", text=text),
        state="finished",
        mail_mode="full",
        started_at=now - timedelta(hours=1),
        shared_links=True,
        tracks_readers=True,
        by="staff:1",
        created_at=now,
    )


def publish_edition(
    publication: Any,
    number: int,
    title: str,
    *,
    language: str = "en",
    excerpt: str = "The ferry runs again, and what the pilots say about it.",
    text: str = "<p>The ferry runs again.</p>",
    body: Any = (),
    visibility: str = "public",
    version: int = 1,
    at: datetime | None = PUBLISHED,
    issue: Any = None,
    translation_of: Any = None,
    is_test: bool = False,
    correction: str = "",
    people: Any = (),
    lead: Any = None,
    day: date | None = None,
    slug: str = "tides",
    label: str = "",
    notes: Any = (),
) -> Any:
    """An edition as freezing writes it."""
    from masthead.issues import folding
    from masthead.issues.blocks.text import TextBlock
    from masthead.issues.content import Content, digest
    from masthead.issues.content import Masthead as Head
    from masthead.issues.models import Edition, Issue, TakenNumber
    from masthead.issues.publications import base_url_of
    from masthead.issues.rendering.edition import render

    base = base_url_of(publication)
    content = Content(
        masthead=Head(
            name=publication.name,
            base_url=base,
            tagline=publication.tagline,
            accent=publication.accent,
            imprint=publication.imprint,
            share_mail=tuple(publication.share_mail),
            share_web=tuple(publication.share_web),
        ),
        number=number,
        label=label,
        date=day or (at or PUBLISHED).date(),
        language=language,
        title=title,
        url=f"{base}/issues/{number}/" + (f"{language}/" if translation_of else ""),
        excerpt=excerpt,
        people=people,
        lead_image=lead,
        body=tuple(body) or (TextBlock(text),),
        notes=tuple(notes),
        correction_note=correction,
        corrected_on=PUBLISHED.date() if correction else None,
        as_sent_url=f"{base}/issues/{number}/as-sent/",
        visibility=visibility,
    )
    made = render(content)
    if issue is None:
        issue = Issue.objects.create(
            publication=publication,
            number=None if is_test else number,
            title=title,
            slug=slug,
            language=language,
            public_from=at,
            visibility=visibility,
            translation_of=translation_of,
        )
        if not is_test and translation_of is None:
            TakenNumber.objects.create(publication=publication, number=number, taken_at=PUBLISHED, issue=issue)
    picture = {"url": lead.url, "width": lead.width, "height": lead.height, "alt": lead.alt} if lead else None
    edition = Edition.objects.create(
        publication=publication,
        issue=issue,
        version=version,
        is_test=is_test,
        number=number,
        language=language,
        direction=content.dir,
        slug=slug,
        date=content.date,
        title=title,
        excerpt=excerpt,
        visibility=visibility,
        mail_mode="full",
        head={"authors": [{"name": p.name, "role": p.role, "url": p.url} for p in people], "lead_image": picture},
        correction_note=correction,
        renderer_version=1,
        digest=digest(content),
        created_at=(at or PUBLISHED) + timedelta(hours=version - 1),
        by="staff:1",
        **{
            name: getattr(made, name)
            for name in (
                "web_html",
                "feed_html",
                "mail_html_full",
                "mail_html_excerpt",
                "text_full",
                "text_excerpt",
                "subject",
                "preheader",
                "label",
                "byline",
                "links",
                "slots",
            )
        },
    )
    if not is_test:
        folding.store(edition)
    return edition


@pytest.fixture
def deliver() -> Callable[..., Any]:
    """A function: edition, reader, lists → the delivery of a finished campaign."""

    def delivered(edition: Any, reader: Any, *lists: Any) -> Any:
        from masthead.delivery.models import Campaign, Delivery
        from tests.ledger import give_back

        campaign = Campaign.objects.create(
            edition=edition, state="finished", mail_mode="full", started_at=PUBLISHED, by="staff:1", created_at=PUBLISHED
        )
        campaign.lists.set(lists)
        delivery = Delivery.objects.create(campaign=campaign, subscriber=reader, state=Delivery.State.ACCEPTED)
        give_back(campaign)
        return delivery

    return delivered
