"""No. 1970: the issue with pictures."""

from masthead.cli.demo import drawings
from masthead.cli.demo.writing import Drawing, Number, button, callout, heading, picture, quote, rule, text, the_mail_ends

DAWN = Drawing(
    "low-water-at-dawn.jpg",
    drawings.dawn,
    "A pale sun behind layered blue hills; the estuary below is a broad band of gold with dark sandbanks.",
)
NIGHT = Drawing(
    "the-light-in-november.jpg",
    drawings.lighthouse,
    "A lighthouse on a black headland throws one long beam over the sea under a sky full of stars.",
)
CONTOURS = Drawing(
    "soundings.jpg",
    drawings.soundings,
    "Depth lines of the estuary in many blues, close together at the channel and wide apart over the flats.",
)
FOG = Drawing(
    "hours-of-fog.png",
    drawings.fog,
    "Twelve columns, one a month: fog is rare from May to August and most frequent in October and November.",
)

NUMBER = Number(
    number=1970,
    days_ago=7,
    title="Four pictures of the same water",
    byline="Text by Nuria Falk, pictures by Sefton Hale",
    excerpt="Sefton Hale has lived above the estuary for thirty years and says he has never seen it twice. "
    "We asked him for four pictures, and for the weather.",
    preheader="Dawn, night, a chart for sailors and a chart for everybody else.",
    lead=DAWN,
    body=[
        text(
            """
            He works at the window because the table is there, and the table is there because it would not go up the stairs.
            From this accident comes everything that Sefton Hale has drawn since 1996: the same two miles of water, the same
            three hills behind it, the light, the mast of the wreck. He is asked now and then whether he would not like to see
            something else. He says that he is waiting until he has seen this.
            """
        ),
        heading("First picture: low water, ten to seven"),
        text(
            """
            The one above was drawn last Wednesday, an hour after low water. The gold is not an invention. For about four minutes
            in November the sun comes up exactly in the gap between the second hill and the third, and the wet sand, which is
            brown at every other time of the year, behaves like a mirror. "Then somebody walks over it with a dog," he says, "and
            that is also good."
            """
        ),
        the_mail_ends(),
        heading("Second picture: the light"),
        picture(
            NIGHT, "The light at Gull Point flashes twice every fifteen seconds. It took him eleven evenings.", "Sefton Hale"
        ),
        text(
            """
            The stars are where they were at a quarter past ten on the sixth of November; an amateur of such things has checked
            them for us and found one too many. That one, the artist admits, was a ship.
            """
        ),
        quote("I am waiting until I have seen this.", "Sefton Hale, at the window"),
        heading("Third picture: soundings"),
        picture(
            CONTOURS, "Depth below the lowest tide, a line for every two feet. Pilots read the white part first.", "Sefton Hale"
        ),
        text(
            """
            This is not a chart to sail by, and he has written so in the corner in a hand that no sailor could read. It was made
            from four hundred soundings which the Sea Scouts took in August with a brick and a washing line. The deep place in the
            bend, called the Kettle, has moved sixty yards to the west since his father's time. Nobody has told the seals.
            """
        ),
        heading("Fourth picture: fog"),
        picture(FOG, "Hours of fog at the slip, by month, mean of ten years.", "The harbour office and Sefton Hale"),
        text(
            """
            The last is the plainest, and the one he is proudest of. The harbour office has written down the fog for a hundred and
            two years, because the bell-ringer was paid by the hour. Nobody had ever added it up. October and November together
            have more of it than the seven months before them, and still every visitor in July believes to have caught the one
            bad day.
            """
        ),
        callout(
            "See them on paper",
            "The four sheets hang in the reading room of the fish hall until the end of the month, Tuesday to Saturday, ten to "
            "five. On Saturdays the artist is there and does not mind questions about the dog.",
        ),
        button("Opening hours and how to get there", "https://reading-room.example.org/hale"),
        rule(),
        text(
            """
            <i>A note on how these pictures reach you.</i> In the mail they are files of our own, with nothing behind them that
            counts who looks. If your programme hides pictures, each one says in words what it shows.
            """
        ),
    ],
)
