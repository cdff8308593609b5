"""Which archive documents a feed has (RFC 5005, section 4).

Archive document n holds the numbers 20(n-1)+1 to 20n. It is made once a higher number is public and each of its numbers that
was given away is public, withdrawn or for nobody's eyes; then it stays as it is. Blocks without a listed issue have none, so a
bulletin that begins at No. 1961 begins with document 99.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from masthead.issues import lookups
from masthead.issues.models import Edition, Publication, TakenNumber

SIZE = 20


@dataclass(frozen=True)
class Chain:
    """The numbers of the archive documents there are, oldest first."""

    documents: list[int] = field(default_factory=list)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """First and last number in the archive, neighbouring documents as one."""
        found: list[tuple[int, int]] = []
        for document in self.documents:
            first, last = numbers_of(document)
            if found and found[-1][1] + 1 == first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        return found

    def beside(self, document: int | None) -> tuple[int | None, int | None]:
        """The documents before and after; None stands for the subscription document, which comes after all."""
        if document is None:
            return (self.documents[-1] if self.documents else None), None
        place = self.documents.index(document)
        after = self.documents[place + 1] if place + 1 < len(self.documents) else None
        return (self.documents[place - 1] if place else None), after


def chain_of(publication: Publication, *, now: datetime, language: str | None) -> Chain:
    """The archive documents of a publication's feed now."""
    numbers = list(listed(publication, now=now, language=language).order_by().values_list("number", flat=True))
    blocks = Counter(block_of(number) for number in numbers)
    newest = block_of(max(numbers)) if numbers else 0
    waiting = TakenNumber.objects.filter(publication=publication, withdrawn_at=None, issue__visibility__in=lookups.LISTED)
    waiting = waiting.filter(Q(issue__public_from=None) | Q(issue__public_from__gt=now))
    unfinished = {block_of(number) for number in waiting.values_list("number", flat=True)}
    return Chain(sorted(block for block in blocks if block < newest and block not in unfinished))


def listed(publication: Publication, *, now: datetime, language: str | None) -> QuerySet[Edition]:
    """What a feed may show: all originals, or everything in `language`."""
    found = lookups.archive(publication, now=now, language=language)
    return found if language else found.filter(issue__translation_of=None)


def block_of(number: int) -> int:
    """The document whose numbers `number` is among."""
    return (number - 1) // SIZE + 1


def numbers_of(document: int) -> tuple[int, int]:
    """First and last number of a document."""
    return SIZE * (document - 1) + 1, SIZE * document
