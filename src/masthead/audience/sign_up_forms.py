"""Sign-up forms come, change and go. Who joined by one keeps the words it said: they stand with the consent event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from masthead.audience.models import Attribute, MailingList, SignUpForm
from masthead.audit.recording import record

#: What a form can say in its own words, with the most characters of each.
TEXTS = {"heading": 150, "intro": 1000, "button": 40, "thanks": 1000}


class BadForm(ValueError):
    """The form cannot be; the message says why."""


@transaction.atomic
def save(
    *,
    form: SignUpForm | None,
    name: str,
    lists: Iterable[MailingList],
    questions: Iterable[Attribute] = (),
    asks_name: bool = True,
    asks_choices: bool = False,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    by: str,
    now: datetime,
) -> SignUpForm:
    """Make a form (None), or change everything of one but its address. Raises BadForm."""
    name = " ".join(name.split())[:100]
    lists = list(lists)
    if not name:
        raise BadForm(_("Give the form a name."))
    if not lists:
        raise BadForm(_("Choose at least one list."))
    others = SignUpForm.objects.exclude(pk=form.pk) if form else SignUpForm.objects.all()
    if others.filter(name__iexact=name).exists():
        raise BadForm(_("There is already a form “%(name)s”. Choose another name.") % {"name": name})
    saved = form or SignUpForm(slug=_free_slug(name), created_at=now)
    saved.name, saved.asks_name, saved.asks_choices = name, asks_name, asks_choices
    if texts is not None:
        saved.texts = _cleaned(texts)
    saved.save()
    saved.lists.set(lists)
    saved.questions.set(questions)
    action = "sign_up_form.changed" if form else "sign_up_form.created"
    record(action=action, by=by, now=now, subject=f"sign_up_form:{saved.pk}", details={"name": name})
    return saved


@transaction.atomic
def delete(*, form: SignUpForm, by: str, now: datetime) -> None:
    """Take the form away; pages that still show it lead to the publication's own form."""
    record(action="sign_up_form.deleted", by=by, now=now, subject=f"sign_up_form:{form.pk}", details={"name": form.name})
    form.delete()


def _cleaned(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    known = {code for code, _name in settings.LANGUAGES}
    cleaned: dict[str, dict[str, str]] = {}
    for language in sorted(known & set(texts)):
        said = {key: str(texts[language].get(key, "")).replace("\0", "").strip()[:most] for key, most in TEXTS.items()}
        if any(said.values()):
            cleaned[language] = {key: words for key, words in said.items() if words}
    return cleaned


def _free_slug(name: str) -> str:
    """ASCII, since people write it into pages by hand; names in other scripts become form, form-2, …"""
    stem = slugify(name)[:50].strip("-_") or "form"
    slug, number = stem, 1
    while SignUpForm.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
