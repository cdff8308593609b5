"""From an edition and one reader to the bytes of their mail. Pure: no database, no clock; the same input gives the same bytes.

An edition is compiled once for each length (full, excerpt) and format (HTML with text, text alone) that a reader asks for;
what is left per reader are the slots.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple, Protocol, cast

from masthead.common.addresses import BadAddress, mask, normalise_all
from masthead.common.urls import PATHS, absolute
from masthead.issues.rendering import conditions
from masthead.mail import sealing
from masthead.mail.bulk import BadMail, BulkParts, BulkTemplate
from masthead.mail.message import Message

TEST_PREFIX = "[TEST] "
MODES = ("full", "excerpt")


class Reader(NamedTuple):
    """What a mail may say of its reader. `attributes` is JSON text; it is read only if a merge field asks for it."""

    address: str
    name: str = ""
    language: str = ""
    mail_format: str = "html"
    mail_mode: str = ""
    attributes: str = "{}"
    #: Agreed to tracking by this publication before it was sent.
    is_tracked: bool = False


class _Reader(Protocol):
    """A Reader, or a row of the ledger with what the reader's row says."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def mail_format(self) -> str: ...
    @property
    def mail_mode(self) -> str: ...
    @property
    def attributes(self) -> str: ...
    @property
    def is_tracked(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything all mails of one campaign share: frozen values, no models.

    `parts` has subject, list headers and domains; its `text` and `html` are replaced by those of the reader's length and
    format. `mail_mode` is "full", "excerpt" or "reader"; `default_mode` is what a reader gets who chose nothing. `slots`:
    {"f0": {"field": "name", "fallback": "dear reader"}}. `base_url` has no slash at its end. `links` are the targets (with their
    numbers in the edition) that lead by way of us: with `link_token`, alike in all mails, else with a token of each reader's
    own. With `tracks` readers who agreed have links of their own all the same, and a pixel. The text part always shows where a
    link leads.
    """

    parts: BulkParts
    html_full: str
    html_excerpt: str
    text_full: str
    text_excerpt: str
    mail_mode: str
    default_mode: str
    slots: Mapping[str, Mapping[str, str]]
    base_url: str
    number: int
    is_test: bool
    links: Mapping[str, int] = field(default_factory=dict)
    link_token: str = ""
    tracks: bool = False


class Renderer:
    """Fills one campaign's mails. Templates are compiled at first use."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self._templates: dict[_Key, BulkTemplate] = {}
        self._conditions = {
            text: conditions.parse(text)
            for text in conditions.conditions_in(copy.html_full, copy.html_excerpt, copy.text_full, copy.text_excerpt)
        }
        self._merge = [(mark, slot["field"], slot["fallback"]) for mark, slot in copy.slots.items()]
        self._merges_attributes = any(field not in _OWN_FIELDS for _, field, _ in self._merge)
        self._purposes = dict(_PURPOSES)
        if copy.links and not copy.link_token:
            self._purposes[_LINK_MARK] = sealing.LINK

    def render(self, reader: Reader, *, delivery_id: int, date: int, message_token: str = "") -> Message:
        """The mail of delivery `delivery_id` to `reader`, dated `date` (seconds since 1970, UTC).

        `message_token` replaces the Message-ID's for mails without a delivery: two tests with one Message-ID would be one mail
        to the mailbox that gets them, and the second would never be seen.

        Raises BadAddress for an address mail cannot be sent to, BadMail for text that cannot stand in a mail.
        """
        return self._rendered(self._template(reader), [reader], [delivery_id], [date], message_token)[0]

    def render_all(
        self, readers: Sequence[_Reader], *, delivery_ids: Sequence[int], dates: Sequence[int]
    ) -> Sequence[Message | BadAddress | BadMail]:
        """The mails of some readers at once, each of which takes less time so; in place of one that cannot be made, why."""
        if not self._conditions and len(set(map(_CHOICES, readers))) == 1:
            return self._each_rendered(self._template(readers[0]), readers, delivery_ids, dates)
        made: list[Message | BadAddress | BadMail] = [_NOT_MADE] * len(readers)
        groups: dict[BulkTemplate, list[int]] = {}
        for place, reader in enumerate(readers):
            groups.setdefault(self._template(reader), []).append(place)
        for template, places in groups.items():
            batch = [readers[place] for place in places]
            numbers, moments = [delivery_ids[place] for place in places], [dates[place] for place in places]
            for place, mail in zip(places, self._each_rendered(template, batch, numbers, moments), strict=True):
                made[place] = mail
        return made

    def _each_rendered(
        self, template: BulkTemplate, readers: Sequence[_Reader], delivery_ids: Sequence[int], dates: Sequence[int]
    ) -> Sequence[Message | BadAddress | BadMail]:
        try:
            return self._rendered(template, readers, delivery_ids, dates)
        except (BadAddress, BadMail) as error:
            if len(readers) == 1:
                return [error]
        rows = zip(readers, delivery_ids, dates, strict=True)
        return [mail for reader, pk, date in rows for mail in self._each_rendered(template, [reader], [pk], [date])]

    def _rendered(
        self,
        template: BulkTemplate,
        readers: Sequence[_Reader],
        delivery_ids: Sequence[int],
        dates: Sequence[int],
        message_token: str = "",
    ) -> list[Message]:
        addresses, on_wire = normalise_all([reader.address for reader in readers])
        purposes = self._purposes
        if self.copy.tracks and readers[0].is_tracked:
            purposes = purposes | _OWN_PURPOSES
        tokens = dict(zip(purposes, sealing.seal_all(purposes.values(), delivery_ids), strict=True))
        if message_token:
            tokens[_MESSAGE_ID] = [message_token.encode()]
        names = _as_texts([reader.name for reader in readers])
        return template.fill(
            names=names,
            addresses=on_wire,
            dates=dates,
            message_tokens=tokens[_MESSAGE_ID],
            bounce_tokens=tokens[_BOUNCE],
            tokens=tokens,
            texts={"address_masked": list(map(mask, addresses)), **self._merged(readers, names, addresses)},
        )

    def compile_all(self) -> None:
        """Compile what readers can ask for, before the first of them does. Raises BadMail."""
        for mode in (self.copy.mail_mode,) if self.copy.mail_mode in MODES else MODES:
            for mail_format in ("html", "text"):
                everything = frozenset(self._conditions)
                for own in {False, self._has_own(mail_format, self.copy.tracks)}:
                    self._templates[mode, mail_format, everything, own] = self._compile(mode, mail_format, everything, own)

    def _template(self, reader: _Reader) -> BulkTemplate:
        mode = self.copy.mail_mode
        if mode not in MODES:
            mode = reader.mail_mode or self.copy.default_mode
        own = reader.is_tracked and self._has_own(reader.mail_format, True)
        key = (mode, reader.mail_format, self.parts_for(reader), own)
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = self._compile(*key)
        return template

    def _has_own(self, mail_format: str, is_tracked: bool) -> bool:
        """Whether the mail of a reader of whom this is true differs from that of the others. The text has no links of ours."""
        return is_tracked and self.copy.tracks and mail_format != "text"

    @property
    def conditions(self) -> list[str]:
        """The conditions under which parts of the issue stand."""
        return list(self._conditions)

    def parts_for(self, reader: _Reader) -> frozenset[str]:
        """The conditions of the issue that `reader` fulfils."""
        if not self._conditions:
            return _NO_PARTS
        known = {**json.loads(reader.attributes or "{}"), "name": reader.name, "language": reader.language}
        return frozenset(text for text, clauses in self._conditions.items() if conditions.holds(clauses, known))

    def _compile(self, mode: str, mail_format: str, parts: frozenset[str], own: bool) -> BulkTemplate:
        copy = replace(self.copy, link_token="") if own else self.copy
        excerpt = mode == "excerpt"
        said, shown = (copy.text_excerpt, copy.html_excerpt) if excerpt else (copy.text_full, copy.html_full)
        said, shown = (conditions.decided(one, parts.__contains__) for one in (said, shown))
        text = _with_constants(copy, said, str)
        page = None if mail_format == "text" else _with_constants(copy, _with_own_links(copy, shown), html.escape)
        if own and page is not None:
            page = _with_pixel(copy, page)
        subject = (TEST_PREFIX if copy.is_test else "") + copy.parts.subject
        return BulkTemplate.compile(
            replace(
                copy.parts,
                subject=subject,
                text=text,
                html=page,
                marks=frozenset((*PER_READER, _LINK_MARK, _OPENED_MARK, *copy.slots)),
                before_token=_before_token(copy),
            )
        )

    def _merged(self, readers: Sequence[_Reader], names: Sequence[str], addresses: Sequence[str]) -> dict[str, list[str]]:
        """The values of the merge fields."""
        if not self._merge:
            return {}
        known: list[dict[str, object]] = []
        if self._merges_attributes:
            known = json.loads(f"[{','.join([reader.attributes or '{}' for reader in readers])}]")
        merged = {}
        for mark, source, fallback in self._merge:
            if source == "name":
                values = names
            elif source == "address":
                values = addresses
            elif source == "language":
                values = _as_texts([reader.language for reader in readers])
            else:
                values = _as_texts([of_reader.get(source) for of_reader in known])
            merged[mark] = [value or fallback for value in values]
        return merged


#: Length, format, the conditions that hold, whether the reader has links of their own.
_Key = tuple[str, str, frozenset[str], bool]
_NO_PARTS: frozenset[str] = frozenset()
_NOT_MADE = BadMail()
_OWN_FIELDS = ("name", "address", "language")
#: What a reader chose of which the template depends, but for conditions.
_CHOICES = attrgetter("mail_mode", "mail_format", "is_tracked")
#: Marks with a value of their own in each mail; the others of `masthead.issues.rendering` are the same in all of them.
PER_READER = ("unsubscribe_url", "preferences_url", "address_masked")


_LINK_MARK = "link_token"
_OPENED_MARK = "opened_token"
#: Not in a slot, but in the headers and the envelope of every mail.
_BOUNCE = "bounce token"
_MESSAGE_ID = "message token"
#: What each token of a mail is for; and those of readers who agreed to tracking.
_PURPOSES = {
    "unsubscribe_url": sealing.UNSUBSCRIBE,
    "preferences_url": sealing.PREFERENCES,
    _BOUNCE: sealing.BOUNCE,
    _MESSAGE_ID: sealing.MESSAGE_ID,
}
_OWN_PURPOSES = {_LINK_MARK: sealing.LINK, _OPENED_MARK: sealing.OPENED}
_HREF = re.compile('(?<=<a )([^>]*?href=")([^"]+)(")')


def _before_token(copy: Copy) -> dict[str, str]:
    """The slots that are filled with tokens. Those of the two URLs stand at their ends."""
    urls = {f"{name}_url": copy.base_url + PATHS[name].removesuffix("{token}") for name in ("unsubscribe", "preferences")}
    return {**urls, _LINK_MARK: "", _OPENED_MARK: ""}


def constants(copy: Copy) -> dict[str, str]:
    """The marks that are the same in every mail of a campaign."""
    return {
        "view_url": absolute(copy.base_url, "issue", number=copy.number),
        "subscribe_url": absolute(copy.base_url, "subscribe"),
    }


def filled(template: str, values: Mapping[str, str]) -> str:
    """`template` with its `{{mark}}`s replaced, for the few mails that are not bulk."""
    for mark, value in values.items():
        template = template.replace("{{" + mark + "}}", value)
    return template


def _with_constants(copy: Copy, template: str, escape: Callable[[str], str]) -> str:
    return filled(template, {mark: escape(value) for mark, value in constants(copy).items()})


def _with_own_links(copy: Copy, page: str) -> str:
    """`page`, whose links to numbered targets lead by way of us."""
    if not copy.links:
        return page
    token = copy.link_token or "{{" + _LINK_MARK + "}}"

    def own(found: re.Match[str]) -> str:
        number = copy.links.get(html.unescape(found[2]))
        if number is None:
            return found[0]
        address = copy.base_url + PATHS["link"].format(token=token, number=number)
        return found[1] + html.escape(address) + found[3]

    return _HREF.sub(own, page)


def _with_pixel(copy: Copy, page: str) -> str:
    """`page` with the picture that says it was opened, as the last thing in it. It has no words: nothing is lost without it."""
    address = html.escape(copy.base_url + PATHS["opened"].format(token="{{" + _OPENED_MARK + "}}"))
    pixel = f'<img src="{address}" width="1" height="1" alt="" style="display:block;border:0">'
    head, body, rest = page.rpartition("</body>")
    return head + pixel + body + rest if body else page + pixel


def as_text(value: object) -> str:
    """A merge value as it stands in a mail: one line. Several choices stand between commas; "no" counts as missing, so that a
    block can be shown to those who said yes.
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        value = ", ".join(each for each in value if isinstance(each, str))
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _as_texts(values: Sequence[object]) -> Sequence[str]:
    """`as_text` of each. Nearly all are such texts already, and one look at all of them shows it: a blank is the only white
    space that is printable.
    """
    if set(map(type, values)) == {str}:
        texts = cast(Sequence[str], values)
        joined = "|".join(["", *texts, ""])
        if joined.isprintable() and "  " not in joined and "| " not in joined and " |" not in joined:
            return texts
    return list(map(as_text, values))
