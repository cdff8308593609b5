# ruff: noqa: E501  prose reads better unbroken
"""Whole issues to render: an English one with every block, a Persian one, one with 40 notes, one with 30 pictures."""

from __future__ import annotations

from datetime import date

from masthead.issues.blocks.button import ButtonBlock
from masthead.issues.blocks.callout import CalloutBlock
from masthead.issues.blocks.divider import DividerBlock
from masthead.issues.blocks.embed import EmbedBlock
from masthead.issues.blocks.file import FileBlock
from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.blocks.links import LinkItem, LinksBlock
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.table import TableBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.blocks.verse import VerseBlock
from masthead.issues.content import Content, Follow, Masthead, Note, Person, Picture, Source

BASE = "https://courier.example"


def picture(name: str, width: int = 1200, height: int = 800, alt: str = "", **options: object) -> Picture:
    """A picture of the invented library."""
    return Picture(url=f"{BASE}/m/{name}.jpg", width=width, height=height, alt=alt, **options)  # type: ignore[arg-type]


MASTHEAD = Masthead(
    name="The Tidewater Courier",
    base_url=BASE,
    tagline="Letters from a small coast",
    line="Published by the Harbour Reading Room since 1987",
    issn="1234-5679",
    accent="#1d4e89",
    imprint="The Harbour Reading Room\n4 Ropewalk Lane, Saltmarsh",
    follow=(
        Follow(network="facebook", url="https://www.facebook.com/tidewatercourier"),
        Follow(network="mastodon", url="https://social.example/@tidewater"),
        Follow(network="bluesky", url="https://bsky.app/profile/tidewater.example"),
    ),
    share_mail=("facebook", "whatsapp", "telegram", "email"),
)

ENGLISH = Content(
    masthead=MASTHEAD,
    number=1971,
    date=date(2026, 11, 22),
    language="en",
    title="The lighthouse keeper who counted birds",
    url=f"{BASE}/issues/1971/",
    people=(Person(name="Maren Oldfield"), Person(name="Tomas Reyle"), Person(name="Ilse Brandt", role="photos")),
    excerpt="For thirty-one autumns Edda Voss wrote down every flock that passed her lamp. Her notebooks are now the longest "
    "unbroken record of migration on this coast, and they say something nobody expected.",
    lead_image=picture(
        "lighthouse",
        alt="A white lighthouse above a grey sea, a flock of geese behind it",
        sources=(Source(url=f"{BASE}/m/lighthouse-600.jpg", width=600), Source(url=f"{BASE}/m/lighthouse.jpg", width=1200)),
    ),
    lead_caption="The Skerry light in October.",
    lead_credit="Ilse Brandt",
    body=(
        TextBlock(
            '<p>Dear {{ name | "reader" }},</p><p>the first notebook is bound in sailcloth and smells of paraffin. On its opening page, in a '
            "hand that never changed, stands a date, a wind, and a number: <em>4 September, north-west 5, 212 geese</em>.[^count] "
            "Edda Voss was twenty-six. She had come to the Skerry for one winter.</p><p>She stayed until the lamp was made automatic, "
            'and by then she had filled forty-four books. The county museum, which <a href="https://museum.example/voss">keeps them now</a>, '
            "calls them the most patient document on this coast.</p>"
        ),
        HeadingBlock("What the numbers say"),
        TextBlock(
            "<p>Read one autumn and you see weather. Read thirty-one and you see a slow hand moving the calendar. The geese come "
            "<strong>eleven days later</strong> than they did when she began,[^later] and the curlews, which she counted in hundreds, "
            "are counted today in pairs.</p><ul><li>Geese: eleven days later, numbers steady.</li><li>Curlews: on time, but nine in "
            "ten are gone.</li><li>Storm petrels: unknown before 1998, now every year.</li></ul>"
        ),
        QuoteBlock(
            "<p>I did not count birds to prove a thing. I counted them because they came.</p>", source="Edda Voss, notebook 31"
        ),
        ImageBlock(
            picture("notebook", 1000, 660, "An open notebook with columns of figures in pencil"),
            caption="Notebook 12, October 1993.",
            credit="County Museum",
        ),
        TableBlock(
            ("Bird", "First decade", "Last decade"),
            (
                ("Greylag goose", "15 September", "26 September"),
                ("Curlew", "480 a day", "46 a day"),
                ("Storm petrel", "none", "12 a year"),
            ),
            caption="Three lines from forty-four notebooks",
            row_headers=True,
        ),
        DividerBlock(mail_ends=True),
        HeadingBlock("A song from the lamp room", 3),
        VerseBlock(
            "The wind has no opinion,\n  the wave has no regret;\nI wrote down what went over\n  and have not finished yet.\n\nThe lamp went round, the geese went by,\n  the year went into rhyme."
        ),
        DividerBlock(),
        QuoteBlock("<p>The most patient document on this coast</p>", pull=True),
        CalloutBlock(
            "<p>On Saturday 5 December the Reading Room shows six of the notebooks. Entry is free, the stove is lit.</p>",
            title="Come and see them",
            tone="appeal",
        ),
        ButtonBlock("Reserve a place", "https://readingroom.example/notebooks"),
        EmbedBlock(
            "https://video.example/w/skerry", "Four minutes at the Skerry light", picture("still", 1200, 675, "The lamp turning")
        ),
        FileBlock("All counts as one table", f"{BASE}/m/counts.pdf", kind="PDF", size=412_000),
        HeadingBlock("Read on"),
        LinksBlock(
            (
                LinkItem(
                    title="How to count a flock",
                    url="https://birds.example/count",
                    source="Field Notes",
                    blurb="Ten at a time, then look away.",
                ),
                LinkItem(title="The last keepers", url="https://lights.example/keepers", source="Lamp & Sea"),
            )
        ),
    ),
    notes=(
        Note(key="count", html="<p>She counted groups of ten with knots in a string; the string is kept with the books.</p>"),
        Note(
            key="later",
            html='<p>Median of the first hundred birds, see <a href="https://birds.example/median">the method</a>.</p>',
        ),
    ),
)

PERSIAN = Content(
    masthead=Masthead(
        name="پیک ساحل",
        base_url=BASE,
        tagline="نامه‌هایی از کرانه‌ای کوچک",
        accent="#8a2f3b",
        imprint="کتابخانهٔ بندر\nکوچهٔ ریسمان‌بافان، شمارهٔ ۴",
        follow=(Follow(network="telegram", url="https://t.me/peyk_sahel"),),
        share_mail=("facebook", "telegram", "email"),
    ),
    number=1970,
    date=date(2026, 11, 15),
    language="fa",
    title="فانوس‌بانی که پرنده‌ها را می‌شمرد",
    url=f"{BASE}/issues/1970/",
    people=(Person(name="مارن اولدفیلد"), Person(name="ایلسه برانت", role="translation")),
    excerpt="سی‌ویک پاییز پیاپی، ادا فوس هر دسته پرنده‌ای را که از برابر چراغش گذشت یادداشت کرد.",
    lead_image=picture("lighthouse", alt="فانوس دریایی سفیدی بر فراز دریای خاکستری"),
    lead_caption="فانوس صخره در پاییز.",
    body=(
        TextBlock(
            '<p>{{ name | "خوانندهٔ گرامی" }}، سلام.</p><p>دفتر نخست با پارچهٔ بادبان جلد شده است و بوی نفت می‌دهد. در صفحهٔ آغازش، با خطی که هرگز '
            "تغییر نکرد، یک تاریخ نوشته شده است و یک باد و یک عدد.[^1] او آن روز <strong>بیست‌وشش سال</strong> داشت و تنها برای یک زمستان آمده بود.</p>"
            '<p>تا روزی که چراغ خودکار شد ماند و چهل‌وچهار دفتر پر کرد. <a href="https://museum.example/voss">موزهٔ شهر</a> آن‌ها را نگه می‌دارد.</p>'
        ),
        HeadingBlock("عددها چه می‌گویند"),
        QuoteBlock("<p>نمی‌شمردم تا چیزی را ثابت کنم. می‌شمردم چون می‌آمدند.</p>", source="ادا فوس، دفتر ۳۱"),
        TextBlock("<ul><li>غازها: یازده روز دیرتر.</li><li>گیلان‌شاه‌ها: به‌هنگام، اما بسیار کمتر.</li></ul>"),
        TableBlock(("پرنده", "دههٔ نخست", "دههٔ آخر"), (("غاز", "۱۵ سپتامبر", "۲۶ سپتامبر"), ("گیلان‌شاه", "۴۸۰", "۴۶"))),
        CalloutBlock("<p>شنبه شش دفتر را در کتابخانه ببینید. ورود آزاد است.</p>", title="بیایید و ببینید"),
        VerseBlock("باد را رأیی نیست،\nموج را پشیمانی؛\nهرچه گذشت نوشتم\nو هنوز تمام نشده است."),
        TextBlock('<p>The museum has an <a href="https://museum.example/en">English page</a>, too.</p>', lang="en"),
        ButtonBlock("جا نگه دارید", "https://readingroom.example/notebooks"),
    ),
    notes=(Note(key="1", html="<p>ده‌تا ده‌تا با گره‌های یک ریسمان می‌شمرد.</p>"),),
)

FORTY_NOTES = Content(
    masthead=MASTHEAD,
    number=1972,
    date=date(2026, 11, 29),
    language="en",
    title="Forty footnotes to a short walk",
    url=f"{BASE}/issues/1972/",
    excerpt="A walk of one hour, with everything that can be said about it.",
    body=tuple(
        TextBlock(f"<p>Step {n} leads past a door that somebody painted green.[^{n}] Nobody remembers why.</p>")
        for n in range(1, 41)
    ),
    notes=tuple(Note(key=str(n), html=f"<p>Door {n} was blue until the spring of {1950 + n}.</p>") for n in range(40, 0, -1)),
)

THIRTY_PICTURES = Content(
    masthead=MASTHEAD,
    number=1973,
    date=date(2026, 12, 6),
    language="en",
    title="Thirty windows",
    url=f"{BASE}/issues/1973/",
    excerpt="Every window of Ropewalk Lane, from the sea to the church.",
    body=tuple(
        ImageBlock(picture(f"window-{n}", 900, 600 + n, f"Window {n}, with a curtain"), caption=f"No. {n}, Ropewalk Lane.")
        for n in range(1, 31)
    ),
)

WHOLE = {"english": ENGLISH, "persian": PERSIAN, "forty_notes": FORTY_NOTES, "thirty_pictures": THIRTY_PICTURES}
