"""The mails of a list (confirmation, welcome, goodbye) in an editor's own words, language by language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from masthead.audience import mail_markup
from masthead.audience.default_mails import Words, default
from masthead.audience.models import Attribute, ListMail, MailingList
from masthead.audit.recording import record

Kind = ListMail.Kind

#: What every mail can say: the publication's name, the lists it is about, and an address, whose meaning is the kind's.
FIELDS = ("publication", "lists", "link")
#: The kinds whose receiver is known to have asked for it: only there may a name or an attribute stand (security rule S14).
PERSONAL = frozenset({Kind.WELCOME, Kind.GOODBYE, Kind.STAY})
#: Without a link that a reader can follow these are no use; the words of their button.
_NEED_LINK = {Kind.CONFIRMATION: "Confirm my subscription", Kind.STAY: "Yes, keep me"}
MOST_BODY = 10_000


class BadListMail(ValueError):
    """The mail cannot be sent so; `problems` are sentences, one for each thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@transaction.atomic
def save(
    *, mailing_list: MailingList, kind: ListMail.Kind, language: str, subject: str, body: str, by: str, now: datetime
) -> ListMail:
    """Say it in own words from now on. Raises BadListMail; then nothing was changed."""
    subject, body = check(kind=kind, subject=subject, body=body)
    saved, _new = ListMail.objects.update_or_create(
        list=mailing_list,
        kind=kind,
        language=language,
        defaults={"subject": subject, "body": body, "by": by, "changed_at": now},
    )
    details: dict[str, object] = {"mail": str(kind), "language": language}
    record(action="list.mail_changed", by=by, now=now, subject=f"list:{mailing_list.pk}", details=details)
    return saved


@transaction.atomic
def reset(*, mailing_list: MailingList, kind: ListMail.Kind, language: str, by: str, now: datetime) -> bool:
    """Back to Masthead's words in this language. Returns whether there were others."""
    gone, _of_each = ListMail.objects.filter(list=mailing_list, kind=kind, language=language).delete()
    if gone:
        details: dict[str, object] = {"mail": str(kind), "language": language}
        record(action="list.mail_reset", by=by, now=now, subject=f"list:{mailing_list.pk}", details=details)
    return bool(gone)


@transaction.atomic
def set_welcome(*, mailing_list: MailingList, on: bool, by: str, now: datetime) -> None:
    """Whether those who join are mailed a welcome. Raises BadListMail where they must be."""
    if not on and mailing_list.opt_in == MailingList.OptIn.SINGLE:
        raise BadListMail(
            [_("A list that is joined without a confirmation always sends a welcome: somebody else may have typed it.")]
        )
    if MailingList.objects.filter(pk=mailing_list.pk).exclude(sends_welcome=on).update(sends_welcome=on):
        details: dict[str, object] = {"on": on}
        record(action="list.welcome", by=by, now=now, subject=f"list:{mailing_list.pk}", details=details)
    mailing_list.sends_welcome = on


def check(*, kind: ListMail.Kind, subject: str, body: str) -> tuple[str, str]:
    """Subject and body as they would be kept. Raises BadListMail with everything that stands against them."""
    subject = " ".join(subject.replace("\0", "").split())
    body = body.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    problems = [*_about_length(subject, body), *_about_fields(kind, subject, body)]
    if kind in _NEED_LINK and body and not mail_markup.links_to(body, "link"):
        button = "[" + _NEED_LINK[ListMail.Kind(kind)] + "]({{ link }})"
        problems.append(
            _("The mail has no link, so nobody could confirm by it. Put %(button)s on a line of its own.") % {"button": button}
        )
    if problems:
        raise BadListMail(problems)
    return subject, body


def words(*, lists: Iterable[MailingList], kind: ListMail.Kind, language: str, sender_language: str) -> Words:
    """What a mail about `lists` says to a reader of `language`: own words of the first list that has some, else ours.

    Own words are looked for in the reader's language, then in the publication's, since that is what its editor wrote in.
    """
    lists = list(lists)
    wanted = _languages(language, sender_language)
    own = {
        (each.list_id, each.language): each for each in ListMail.objects.filter(list__in=lists, kind=kind, language__in=wanted)
    }
    for entry in lists:
        for tag in wanted:
            found = own.get((entry.pk, tag))
            if found is not None:
                return Words(found.subject, found.body, found.language, own=True)
    return default(kind, spoken(language, sender_language))


def by_words(
    *, lists: Sequence[MailingList], kind: ListMail.Kind, language: str, sender_language: str
) -> list[tuple[Words, list[MailingList]]]:
    """`lists` in groups that are told the same: each with words of its own alone, all others together."""
    groups: list[tuple[Words, list[MailingList]]] = []
    shared: list[MailingList] = []
    for entry in lists:
        said = words(lists=[entry], kind=kind, language=language, sender_language=sender_language)
        if said.own:
            groups.append((said, [entry]))
        else:
            shared.append(entry)
    if shared:
        groups.insert(0, (default(kind, spoken(language, sender_language)), shared))
    return groups


def spoken(*languages: str) -> str:
    """The first of `languages` that Masthead speaks, else English."""
    for wanted in languages:
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "en"


def known_fields(kind: ListMail.Kind) -> list[str]:
    """What may stand between {{ and }} in a mail of this kind."""
    if kind not in PERSONAL:
        return list(FIELDS)
    return [*FIELDS, "name", *Attribute.objects.order_by("key").values_list("key", flat=True)]


def _languages(*tags: str) -> list[str]:
    wanted = [part for tag in tags if tag for part in (tag, tag.partition("-")[0])]
    return list(dict.fromkeys(wanted))


def _about_length(subject: str, body: str) -> list[str]:
    problems = []
    if not subject:
        problems.append(_("The mail has no subject."))
    if len(subject) > 200:
        problems.append(_("The subject has %(count)d characters; at most 200 are possible.") % {"count": len(subject)})
    if not body:
        problems.append(_("The mail has no text."))
    if len(body) > MOST_BODY:
        problems.append(_("The text has %(count)d characters; at most 10,000 are possible.") % {"count": len(body)})
    return problems


def _about_fields(kind: ListMail.Kind, subject: str, body: str) -> list[str]:
    problems = []
    known = known_fields(kind)
    for each in dict.fromkeys(mail_markup.fields(subject) + mail_markup.fields(body)):
        shown = "{{ " + each.name + " }}"
        if each.name not in known:
            problems.append(_not_known(kind, each.name, known))
        elif each.name not in FIELDS and not each.fallback:
            example = "{{ " + each.name + ' | "dear reader" }}'
            problems.append(
                _("%(field)s says nothing to readers without it. Give words for them: %(example)s.")
                % {"field": shown, "example": example}
            )
    if any(each.name == "link" for each in mail_markup.fields(subject)):
        problems.append(_("A subject cannot hold a link: take {{ link }} out of it."))
    misspelt = _("“%(piece)s” looks like a merge field and is none. Write it like {{ publication }}.")
    pieces = mail_markup.leftovers(subject) + mail_markup.leftovers(body)
    return problems + [misspelt % {"piece": piece} for piece in pieces]


def _not_known(kind: ListMail.Kind, name: str, known: Sequence[str]) -> str:
    if kind not in PERSONAL and (name == "name" or Attribute.objects.filter(key=name).exists()):
        return _(
            "{{ %(name)s }} cannot stand in the confirmation: anybody can type anything into a form, and strangers would get it."
        ) % {"name": name}
    return _("There is no merge field {{ %(name)s }}. There are: %(known)s.") % {"name": name, "known": ", ".join(known)}
