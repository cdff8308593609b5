"""What this package knows of readers, as conditions: lists, attributes, tags, how and when they came, a random sample."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IContains, In, IsNull, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from masthead.audience import attributes
from masthead.audience.lookups import is_suppressed
from masthead.audience.models import Attribute, MailingList, Subscriber, Subscription, Tag, Tagging
from masthead.audience.segments import held
from masthead.audience.segments.conditions import Asked, Condition, Operator, Rows, Takes, registry
from masthead.audience.segments.tree import BadRule
from masthead.common.addresses import BadAddress, normalise

State = Subscription.State
Kind = Attribute.Kind

_DATES = {
    "before": Operator(_("before"), Takes.DATE),
    "since": Operator(_("on or after"), Takes.DATE),
    "last_days": Operator(_("in the last … days"), Takes.DAYS),
    "older_days": Operator(_("more than … days ago"), Takes.DAYS),
}
_EMPTY = {"empty": Operator(_("is not known")), "known": Operator(_("is known"))}
_TEXT = {
    "equal": Operator(_("is"), Takes.TEXTS),
    "unequal": Operator(_("is not"), Takes.TEXTS),
    "contains": Operator(_("contains"), Takes.TEXT),
}


_NUMBERS: dict[str, Any] = {
    "equal": Exact,
    "below": LessThan,
    "at_most": LessThanOrEqual,
    "at_least": GreaterThanOrEqual,
    "above": GreaterThan,
}
_DAYS: dict[str, Any] = {
    "on": Exact,
    "before": LessThan,
    "older_days": LessThan,
    "since": GreaterThanOrEqual,
    "last_days": GreaterThanOrEqual,
}


def register() -> None:
    """Tell the registry; called when the application starts."""
    for condition in (LIST, JOINED_LIST, ANY_LIST, ATTRIBUTE, TAG, LANGUAGE, DOMAIN, ADDED, SOURCE, FORMAT, SUPPRESSED, SAMPLE):
        registry.register(condition)


def _lists() -> dict[str, str]:
    return {str(pk): name for pk, name in MailingList.objects.order_by("name").values_list("pk", "name")}


def _list(asked: Asked) -> Rows:
    rows = Subscription.objects.filter(list=int(asked.subject))
    if asked.operator == "never":
        return Rows(rows, has=False)
    if asked.operator == "paused":
        return Rows(rows.filter(state=State.ACTIVE, paused_until__gt=asked.now.date()), once=True)
    state = State.ACTIVE if asked.operator == "off" else State(asked.operator)
    return Rows(rows.filter(state=state), has=asked.operator != "off", once=True)


def _joined_list(asked: Asked) -> Rows:
    active = Subscription.objects.filter(list=int(asked.subject), state=State.ACTIVE)
    return Rows(active.filter(_when("since", asked)), once=True)


def _any_list(asked: Asked) -> Rows:
    if asked.operator == "none":
        return Rows(Subscription.objects.filter(state=State.ACTIVE), has=False)
    return Rows(Subscription.objects.filter(state=State(asked.operator)))


def _when(field: str, asked: Asked) -> Q:
    """`field` is one of our own."""
    if asked.operator in {"before", "since"}:
        at = datetime.combine(asked.value, time(), UTC)
        return Q((f"{field}__lt" if asked.operator == "before" else f"{field}__gte", at))
    at = asked.now - timedelta(days=asked.value)
    return Q((f"{field}__gte" if asked.operator == "last_days" else f"{field}__lt", at))


def _attribute_operators(attribute: Attribute) -> dict[str, Operator]:
    kind = attribute.kind
    if kind == Kind.NUMBER:
        words = {"equal": "=", "below": "<", "at_most": "≤", "at_least": "≥", "above": ">"}
        return {name: Operator(word, Takes.NUMBER) for name, word in words.items()} | _EMPTY
    if kind == Kind.DATE:
        return {"on": Operator(_("on"), Takes.DATE)} | _DATES | _EMPTY
    if kind == Kind.BOOLEAN:
        return {"yes": Operator(_("yes")), "no": Operator(_("no"))} | _EMPTY
    if kind == Kind.CHOICES:
        choices = tuple((str(choice), str(choice)) for choice in attribute.choices)
        return {"has": Operator(_("has"), Takes.TEXT, choices), "lacks": Operator(_("has not"), Takes.TEXT, choices)} | _EMPTY
    choices = tuple((str(choice), str(choice)) for choice in attribute.choices) if kind == Kind.CHOICE else ()
    if choices:
        return {"equal": Operator(_("is"), Takes.TEXTS, choices), "unequal": Operator(_("is not"), Takes.TEXTS, choices)} | _EMPTY
    return _TEXT | _EMPTY


def _attributes() -> dict[str, Attribute]:
    return {attribute.key: attribute for attribute in Attribute.objects.all()}


def _attribute(asked: Asked) -> Q:
    kind = asked.of.kind
    if asked.operator in _EMPTY:
        known = ~Q(IsNull(held.Truth(asked.subject), True)) & ~Q(Exact(held.Truth(asked.subject), "null"))
        return known if asked.operator == "known" else ~known
    if kind == Kind.CHOICES:
        among = Q(held.Among(asked.subject, asked.value))
        return among if asked.operator == "has" else ~among
    if kind == Kind.BOOLEAN:
        return _sure(held.Truth(asked.subject), lambda value: Exact(value, "true" if asked.operator == "yes" else "false"))
    if kind == Kind.NUMBER:
        return _sure(held.Number(asked.subject), lambda value: _NUMBERS[asked.operator](value, float(asked.value)))
    text = held.Text(asked.subject)
    if kind == Kind.DATE:
        return _sure(text, lambda value: _on(value, asked))
    if asked.operator == "contains":
        return _sure(text, lambda value: IContains(value, asked.value))
    wanted = [_as_held(asked.of, each) for each in asked.value] if kind in {Kind.COUNTRY, Kind.LANGUAGE} else list(asked.value)
    one_of = _sure(text, lambda value: In(value, wanted))
    return one_of if asked.operator == "equal" else ~one_of


def _as_held(attribute: Attribute, said: str) -> object:
    """Countries and languages are held as codes, and people name them: "Germany" asks for DE. Raises BadRule for no such one."""
    try:
        return attributes.parse(attribute, said)
    except attributes.BadValue as error:
        raise BadRule(f"{attribute.label}: {error}") from error


def _on(value: held.Held, asked: Asked) -> Any:
    """Days as texts sort like days."""
    day: date = asked.value if isinstance(asked.value, date) else asked.now.date() - timedelta(days=min(asked.value, 36_500))
    return _DAYS[asked.operator](value, day.isoformat())


def _sure(value: held.Held, compare: Any) -> Q:
    """False instead of NULL for readers without the value, so that NOT turns it into true."""
    return ~Q(IsNull(value, True)) & Q(compare(value))


def _tags() -> dict[str, str]:
    return {str(pk): name for pk, name in Tag.objects.values_list("pk", "name")}


def _tag(asked: Asked) -> Rows:
    return Rows(Tagging.objects.filter(tag=int(asked.subject)), has=asked.operator == "has", once=True)


def _language(asked: Asked) -> Q:
    if asked.operator in _EMPTY:
        return Q(language="") if asked.operator == "empty" else ~Q(language="")
    found = Q()
    for tag in (attributes.language_called(each) or each for each in asked.value):
        # "fr" means French of any country.
        found |= Q(language__iexact=tag) | Q(language__istartswith=f"{tag}-")
    return found if asked.operator == "equal" else ~found


def _domain(asked: Asked) -> Q:
    folded = [_folded(domain) for domain in asked.value]
    if asked.operator == "equal":
        return Q(domain__in=folded)
    if asked.operator == "unequal":
        return ~Q(domain__in=folded)
    under = Q()
    for domain in folded:
        under |= Q(domain=domain) | Q(domain__endswith=f".{domain}")
    return under


def _folded(domain: str) -> str:
    """As the column has it; what is no domain fits nobody."""
    try:
        return normalise(f"somebody@{domain.strip().lstrip('@')}").domain
    except BadAddress:
        return domain.strip().lower()


def _source(asked: Asked) -> Q:
    if asked.operator == "contains":
        return Q(source__icontains=asked.value)
    return Q(source__in=asked.value) if asked.operator == "equal" else ~Q(source__in=asked.value)


def _format(asked: Asked) -> Q:
    return Q(mail_format=asked.operator)


def _suppressed(asked: Asked) -> Q:
    return Q(is_suppressed()) if asked.operator == "yes" else ~Q(is_suppressed())


def _sample(asked: Asked) -> Q:
    """Fingerprints are evenly spread (they are a keyed hash), so a stretch of them is a random sample, and always the same one.

    Samples with different names begin at different places.
    """
    name = "" if asked.operator == "any" else asked.operator
    begin = int.from_bytes(sha256(name.encode()).digest()[:16], "big")
    length = int(asked.value * 2**128) // 100
    end = begin + length
    if length >= 2**128:
        return ~Q(pk__in=[])
    if end < 2**128:
        return Q(fingerprint__gte=_mark(begin), fingerprint__lt=_mark(end))
    return Q(fingerprint__gte=_mark(begin)) | Q(fingerprint__lt=_mark(end - 2**128))


def _mark(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _fixed(operators: dict[str, Operator]) -> Any:
    def fixed(_subject: object) -> Mapping[str, Operator]:
        return operators

    return fixed


_GONE_LIST = _("the list “%(name)s” is gone.")
LIST = Condition(
    name="list",
    label=_("List"),
    subjects=_lists,
    gone=_GONE_LIST,
    operators=_fixed(
        {
            "active": Operator(_("is on it")),
            "off": Operator(_("is not on it")),
            "pending": Operator(_("waits for confirmation")),
            "left": Operator(_("has left it")),
            "paused": Operator(_("paused it")),
            "never": Operator(_("was never on it")),
        }
    ),
    compile=_list,
)
JOINED_LIST = Condition(
    name="joined_list",
    label=_("On a list since"),
    subjects=_lists,
    gone=_GONE_LIST,
    operators=_fixed(_DATES),
    compile=_joined_list,
)
ANY_LIST = Condition(
    name="any_list",
    label=_("Any list"),
    operators=_fixed(
        {
            "active": Operator(_("is on one")),
            "none": Operator(_("is on none")),
            "pending": Operator(_("waits for confirmation of one")),
            "left": Operator(_("has left one")),
        }
    ),
    compile=_any_list,
)
ATTRIBUTE = Condition(
    name="attribute",
    label=_("Attribute"),
    subjects=_attributes,
    gone=_("the attribute “%(name)s” is gone."),
    operators=_attribute_operators,
    by_subject=True,
    compile=_attribute,
)
TAG = Condition(
    name="tag",
    label=_("Tag"),
    subjects=_tags,
    gone=_("the tag “%(name)s” is gone."),
    operators=_fixed({"has": Operator(_("has it")), "lacks": Operator(_("has it not"))}),
    compile=_tag,
)
LANGUAGE = Condition(
    name="language",
    label=_("Language"),
    operators=_fixed({"equal": Operator(_("is"), Takes.TEXTS), "unequal": Operator(_("is not"), Takes.TEXTS)} | _EMPTY),
    compile=_language,
)
DOMAIN = Condition(
    name="domain",
    label=_("Domain of the address"),
    operators=_fixed(
        {
            "equal": Operator(_("is"), Takes.TEXTS),
            "unequal": Operator(_("is not"), Takes.TEXTS),
            "under": Operator(_("is, or is below"), Takes.TEXTS),
        }
    ),
    compile=_domain,
)
ADDED = Condition(
    name="added", label=_("Known to us"), operators=_fixed(_DATES), compile=lambda asked: _when("created_at", asked)
)
SOURCE = Condition(name="source", label=_("Came by"), operators=_fixed(_TEXT), compile=_source)
FORMAT = Condition(
    name="format",
    label=_("Format"),
    operators=_fixed({str(each.value): Operator(each.label) for each in Subscriber.Format}),
    compile=_format,
)
SUPPRESSED = Condition(
    name="suppressed",
    label=_("Suppressed"),
    operators=_fixed(
        {
            "yes": Operator(_("yes"), sentence=_("is suppressed")),
            "no": Operator(_("no"), sentence=_("is not suppressed")),
        }
    ),
    compile=_suppressed,
)
SAMPLE = Condition(
    name="sample",
    label=_("Random sample"),
    operators=_fixed(
        {
            "any": Operator(_("of … percent"), Takes.PERCENT, sentence=_("a random sample of %(value)s percent")),
            "second": Operator(
                _("another one, of … percent"), Takes.PERCENT, sentence=_("another random sample of %(value)s percent")
            ),
        }
    ),
    compile=_sample,
)
