"""Subjects of conditions as people name them, for rules that are written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from masthead.audience import lists, tagging
from masthead.audience.models import Attribute
from masthead.audience.segments import saving
from masthead.audience.segments.compiling import SEGMENT, Compiler
from masthead.audience.segments.conditions import registry
from masthead.audience.segments.tree import All, Leaf, Not, Rule, Some


def by_names(rule: Rule, *, now: datetime) -> Rule:
    """`rule` with the keys of subjects in place of their names. What is no name of anything stays: compiling says so."""
    return _resolved(rule, Compiler(now=now))


def _resolved(rule: Rule, compiler: Compiler) -> Rule:
    match rule:
        case All(parts):
            return All(tuple(_resolved(part, compiler) for part in parts))
        case Some(parts):
            return Some(tuple(_resolved(part, compiler) for part in parts))
        case Not(part):
            return Not(_resolved(part, compiler))
        case Leaf():
            return replace(rule, subject=_key(rule, compiler)) if rule.subject else rule


def _key(leaf: Leaf, compiler: Compiler) -> str:
    name = leaf.subject
    if leaf.condition in {"list", "joined_list"}:
        listed = lists.find(name)
        return str(listed.pk) if listed else name
    if leaf.condition == "tag":
        tag = tagging.find(name)
        return str(tag.pk) if tag else name
    if leaf.condition == SEGMENT:
        segment = saving.find(name)
        return str(segment.pk) if segment else name
    if leaf.condition == "attribute":
        attribute = Attribute.objects.filter(label__iexact=name).first()
        return name if attribute is None or Attribute.objects.filter(key=name).exists() else attribute.key
    condition = registry.get(leaf.condition)
    if condition is None:
        return name
    subjects = compiler.subjects_of(condition)
    named = [key for key in subjects if str(subjects[key]).casefold() == name.casefold()]
    return named[0] if len(named) == 1 else name
