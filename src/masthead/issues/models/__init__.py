"""The models of this package."""

from masthead.issues.models.assignment import Assignment
from masthead.issues.models.contributor import Byline, Contributor
from masthead.issues.models.edition import Edition, EditionAsset
from masthead.issues.models.issue import Issue
from masthead.issues.models.link_check import LinkCheck
from masthead.issues.models.publication import Publication
from masthead.issues.models.searched import SearchedText
from masthead.issues.models.taken_number import TakenNumber

__all__ = [
    "Assignment",
    "Byline",
    "Contributor",
    "Edition",
    "EditionAsset",
    "Issue",
    "LinkCheck",
    "Publication",
    "SearchedText",
    "TakenNumber",
]
