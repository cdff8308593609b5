"""No. 1971: the lead issue, with every sort of block."""

from masthead.cli.demo import drawings
from masthead.cli.demo.writing import (
    Drawing,
    Number,
    button,
    callout,
    film,
    heading,
    links,
    picture,
    quote,
    rule,
    table,
    text,
    the_mail_ends,
    verse,
)

CROSSING = Drawing(
    "the-last-crossing.jpg",
    drawings.dusk,
    "A small ferry with one lit window crosses still water at dusk, before rows of darkening hills.",
)
PASSENGERS = Drawing(
    "passengers.png",
    drawings.passengers,
    "Bar chart of passengers a year: 41 thousand in 2019, 12 in 2020, then rising to 63 thousand in 2026.",
)
ENGINE = Drawing("engine-room.jpg", drawings.rings, "Concentric rings in rust and cream, like the end of a cut shaft.")

NUMBER = Number(
    number=1971,
    days_ago=0,
    title="The ferry stays",
    byline="By Maud Ellery, with figures by Tobias Renn",
    excerpt="For two winters the council meant to end the crossing to Gull Point. On Tuesday it voted to keep it, by one voice. "
    "What changed was not a speech but a notebook.",
    subject="",
    preheader="One vote, one notebook, and 63,000 people who wanted to get to the other side.",
    lead=CROSSING,
    body=[
        text(
            """
            Good morning, {{ name | "dear reader" }}. At ten past nine on Tuesday evening, after four hours and one broken
            radiator, the council of Porthaven voted by eleven to ten to keep the ferry.[^1] There was no cheering. People stood
            up, looked for their coats, and found that they did not want to go home yet.

            The crossing to Gull Point takes eleven minutes. It has been rowed, sailed, steamed and, for one summer in 1953, swum
            by a postman who had lost a bet. Since two winters ago it has also been a line in a table of things the town could no
            longer afford, between the paddling pool and the clock on the fish hall.
            """
        ),
        heading("A notebook, squared paper"),
        text(
            """
            The table was wrong. It took a retired ticket clerk to say so. <b>Ines Carrow</b> had counted passengers for
            twenty-six years by moving pebbles from her left pocket to her right, and she had gone on counting after she was
            pensioned off, from the bench by the slip, because her hands would not stop.

            In her notebook — squared paper, one line a day — the ferry carried half again as many people as in the official
            figures. The council's counter, it turned out, had been screwed to the wrong door. It recorded everyone who boarded
            at the bow. Schoolchildren board at the stern.
            """
        ),
        quote("The counter had been screwed to the wrong door. Schoolchildren board at the stern.", pull=True),
        the_mail_ends(),
        text(
            """
            Tobias Renn, who teaches the upper forms and distrusts pebbles, spent six Saturdays on the slip with his pupils and a
            clicker each. Their count differed from hers by four. "We had missed a baby," he says, "three times the same baby."
            """
        ),
        picture(
            PASSENGERS,
            "Passengers a year, in thousands, after the pebbles were heard. The pale bars are what the council knew.",
            "Drawn by the upper forms",
        ),
        table(
            """
            Crossing | 2024 | 2025 | 2026
            To school | 18,200 | 19,900 | 22,400
            To work | 11,700 | 13,000 | 14,100
            To market | 9,300 | 10,800 | 12,600
            For no reason | 8,800 | 11,500 | 13,900
            """,
            "What people said they were crossing for. The fourth row decided the vote.",
        ),
        text(
            """
            It was the fourth row that did it. Councillor Abel Thorne, who had meant to vote against, asked what "for no reason"
            meant. Somebody in the gallery answered that it meant looking at the town from the other side, and that a town one
            cannot look at from the other side is only a street. He abstained from his own opinion, as he put it later, and raised
            his hand.
            """
        ),
        heading("What it will cost"),
        text(
            """
            Nobody pretends that the ferry is cheap. The hull is sound; the engine is from 1978 and has been mended with parts of
            a milking machine. The council will pay for the crossing as before and for a new engine in three parts:
            """
        ),
        text(
            """
            <ul><li>a third from the harbour dues, which rise by two pence a foot;</li><li>a third from the county, which has a
            fund for <i>rural roads</i> and has been persuaded that water is one;</li><li>a third from whoever would miss
            it.</li></ul>
            """
        ),
        callout(
            "The last third",
            "The Friends of the Crossing collect for the engine until the first of March. A plank on the new landing stage "
            "carries the name of everyone who gives, in the order of the alphabet and not of the sum.",
            "appeal",
        ),
        button("Put your name on a plank", "https://crossing.example.org/plank"),
        heading("From the engine room"),
        film("https://films.example.org/crossing", "Eleven minutes: one crossing, seen from below deck", ENGINE),
        text(
            """
            Our colleague went below with a lamp and came up black to the elbows. There are no words in her film, only the engine
            and, at minute seven, a child above who asks whether fish sleep. The skipper's answer is the best thing we have heard
            this year, and we will not print it.
            """
        ),
        rule(),
        heading("The slip, at night", 3),
        verse(
            """
            The rope remembers every hand,
            the bollard every rope.
            The tide goes out without a plan
            and comes back in with hope.

            A lamp, a bell, a coat, a stair,
            a face against the pane:
            whoever goes across from there
            comes over here again.
            """
        ),
        heading("Also this week"),
        links(
            (
                "The fish hall clock is right again",
                "https://courier.example.org/briefs/clock",
                "Town briefs",
                "It was never slow. The quay has been fast since the repaving of 2011, says the clockmaker, and we believe him.",
            ),
            (
                "Saltmarsh: what the winter geese eat, and who else would like it",
                "https://estuary.example.net/geese",
                "The Estuary Review",
                "A patient essay by two farmers who do not agree and have shared a gate for forty years.",
            ),
            (
                "How to read a tide table",
                "https://almanac.example.com/tides",
                "The Almanac",
                "For newcomers, and for those of us who have been pretending.",
            ),
        ),
        callout(
            "High water at the slip",
            "Monday 06:12 and 18:40 · Tuesday 07:01 and 19:26 · Wednesday 07:48 and 20:11. Thursday's spring tide will cover the "
            "lower steps until nine; the ferry boards from the upper ones.",
        ),
        text(
            """
            Next week: the lighthouse keeper's daughter has found her father's log of 1961, and it is mostly about soup. If
            somebody sent you this number, you can have the next one yourself; and if you know who the postman's bet was with,
            write to us. We have waited seventy-three years.
            """
        ),
    ],
    notes=[
        (
            "1",
            "<p>The eleventh vote was the mayor's, who votes only when it is even. Minutes of the council, 17 November.</p>",
        )
    ],
)
