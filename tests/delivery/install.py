"""Makes an install with one campaign ready to be sent, in MASTHEAD_DATA: `python install.py READERS [POLICY]`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import django

MARKS = "{{address_masked}} {{unsubscribe_url}} {{preferences_url}} {{view_url}} {{subscribe_url}}"
TEXT = "The Courier\n\nDear {{f0}},\n\nThe ferry runs again from Monday.\n\n" + MARKS + "\n"
HTML = (
    "<html lang='en' dir='ltr'><head><title>The Courier</title></head><body><p>Dear {{f0}}</p>%s<p>"
    + MARKS
    + "</p></body></html>"
)


def build(readers: int, policy: str = "resend", *, kilobytes: int = 1, links: int = 0, live: bool = True) -> int:
    """The id of a campaign in the state "scheduled" for now, to `readers` readers."""
    from django.db import transaction

    from masthead.audience.models import MailingList, Subscriber, Subscription
    from masthead.common.addresses import normalise
    from masthead.delivery.models import Campaign
    from masthead.issues.models import Edition, Issue, Publication
    from masthead.mail.fingerprints import fingerprint

    now = datetime.now(UTC)
    filler = "".join(f'<p><a href="https://example.org/story/{n}">story {n}</a></p>' for n in range(links))
    filler += "<p>" + "Low water at noon, high water at six. " * ((kilobytes * 1000 - len(HTML) - len(filler)) // 39) + "</p>"
    with transaction.atomic():
        mailing_list = MailingList.objects.create(name="The Courier", slug="courier")
        publication = Publication.objects.create(
            name="The Courier",
            slug="courier",
            from_name="The Courier",
            from_address="courier@example.org",
            is_live=live,
            base_url="http://127.0.0.1:8000",
            tag_authority="example.org,2026",
            imprint="7 Quay Street, Porthaven",
        )
        issue = Issue.objects.create(publication=publication, number=1971, title="The ferry runs again", public_from=now)
        edition = Edition.objects.create(
            publication=publication,
            issue=issue,
            version=1,
            is_test=not live,
            number=1971,
            label="1971",
            language="en",
            direction="ltr",
            slug="ferry",
            date=date(2026, 11, 22),
            title="The ferry runs again",
            subject="The ferry runs again",
            visibility="public",
            mail_mode="full",
            web_html="",
            feed_html="",
            mail_html_full=HTML % filler,
            mail_html_excerpt=HTML % "",
            text_full=TEXT,
            text_excerpt=TEXT,
            renderer_version=1,
            digest="0" * 64,
            created_at=now,
            by="system",
            slots={"f0": {"field": "name", "fallback": "reader"}},
        )
        for first in range(0, readers, 5000):
            made = []
            for n in range(first, min(readers, first + 5000)):
                address = normalise(f"reader{n}@example.org")
                made.append(
                    Subscriber(
                        address=address.address,
                        address_key=address.key,
                        domain=address.domain,
                        name=f"Reader {n}",
                        fingerprint=fingerprint(address.key),
                        created_at=now,
                    )
                )
            made = Subscriber.objects.bulk_create(made)
            Subscription.objects.bulk_create(
                [Subscription(subscriber=each, list=mailing_list, state="active", since=now) for each in made]
            )
        campaign = Campaign.objects.create(
            edition=edition,
            state=Campaign.State.SCHEDULED,
            starts_at=now,
            mail_mode="full",
            policy=policy,
            by="system",
            created_at=now,
        )
        campaign.lists.add(mailing_list)
    return campaign.pk


if __name__ == "__main__":
    django.setup()
    print(build(int(sys.argv[1]), *sys.argv[2:3]))
