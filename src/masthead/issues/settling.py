"""Changing what staff decide about a publication. Going live and the row of numbers have verbs of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from masthead.audit import recording
from masthead.common.addresses import BadAddress, normalise
from masthead.issues.findings.base import LOWERABLE
from masthead.issues.models import Publication
from masthead.issues.models.publication import TEXTS
from masthead.issues.public_addresses import BadPublicAddress, checked, moved, place_of, refuse_taken
from masthead.issues.publications import BadPublication
from masthead.issues.rendering.faces import FACES
from masthead.mail.address_words import why_not

#: What may be changed; anything else in `values` is refused.
CHANGEABLE = frozenset(
    {
        "name", "tagline", "masthead_line", "issn", "language", "direction", "time_zone", "accent", "mail_mode",
        "from_name", "from_address", "reply_to", "imprint", "base_url", "lists", "share_mail", "share_web", "follow",
        "lenient", "measuring", "night_accent", "typeface", "logo", "texts",
    }
)  # fmt: skip


_LABELS = {"from_address": _("sender address"), "reply_to": _("answers go to")}


@transaction.atomic
def change(*, publication: Publication, values: Mapping[str, object], by: str, now: datetime) -> list[str]:
    """Write `values` (column → value) and answer the names of those that are new.

    Raises BadPublication for a value that cannot be, and for a name that is not CHANGEABLE.
    """
    unknown = sorted(values.keys() - CHANGEABLE)
    if unknown:
        raise BadPublication(f"A publication has no {', '.join(unknown)} to change.")
    plain = {name: value for name, value in values.items() if name != "lists"}
    kept = Publication.objects.get(pk=publication.pk)
    changed = [name for name, value in plain.items() if getattr(kept, name) != value]
    for name in changed:
        setattr(publication, name, plain[name])
    for name in {"from_address", "reply_to"} & set(changed):
        _check_address(publication, name)
    _check_design(publication, changed)
    if unknown := sorted(set(publication.lenient) - set(LOWERABLE)):
        raise BadPublication(_("These checks cannot be lowered to warnings: %(names)s.") % {"names": ", ".join(unknown)})
    if "base_url" in changed:
        changed += _move(publication, before=kept.public_address)
    try:
        publication.full_clean(exclude={"lists"})
    except ValidationError as error:
        raise BadPublication(" ".join(error.messages)) from error
    if changed:
        publication.save(update_fields=changed)
    lists = values.get("lists")
    if lists is not None and set(lists) != set(kept.lists.all()):  # type: ignore[call-overload]
        publication.lists.set(lists)  # type: ignore[arg-type]
        changed.append("lists")
    if changed:
        recording.record(
            action="publication.changed",
            by=by,
            now=now,
            subject=f"publication:{publication.pk}",
            details={"fields": sorted(changed)},
        )
    return changed


def _check_design(publication: Publication, changed: list[str]) -> None:
    for name in {"accent", "night_accent"} & set(changed):
        colour = getattr(publication, name)
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour) and (colour or name == "accent"):
            raise BadPublication(_("“%(colour)s” is no colour; write it like #1d4e89.") % {"colour": colour})
    if publication.typeface not in FACES:
        words = _("There is no typeface “%(name)s”. There are: %(known)s.")
        raise BadPublication(words % {"name": publication.typeface, "known": ", ".join(FACES)})
    for language, own in publication.texts.items():
        for place, text in own.items():
            if place not in TEXTS or len(text) > TEXTS[place]:
                raise BadPublication(
                    _("The words for “%(place)s” in “%(language)s” are too long, or there is no such place.")
                    % {"place": place, "language": language}
                )


def _move(publication: Publication, *, before: str) -> list[str]:
    """Check the new address; the old one is remembered once mails may name it. Answers what else is new."""
    try:
        publication.base_url = checked(publication.base_url)
        if place_of(publication.public_address) != place_of(before):
            refuse_taken(publication.base_url, slug=publication.slug, but=publication)
    except BadPublicAddress as error:
        raise BadPublication(str(error)) from error
    former = moved(publication, before=before) if publication.editions.exists() else publication.former_urls
    if former == publication.former_urls:
        return []
    publication.former_urls = former
    return ["former_urls"]


def _check_address(publication: Publication, name: str) -> None:
    text = getattr(publication, name)
    if not text and name == "reply_to":
        return
    try:
        setattr(publication, name, normalise(text).address)
    except BadAddress as error:
        raise BadPublication(f"{_LABELS[name]}: {why_not(error)}") from error
