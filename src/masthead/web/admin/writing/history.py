"""The versions of an issue: one line for each, and two of them side by side."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from wagtail.admin.paginator import WagtailPaginator
from wagtail.models import ModelLogEntry
from wagtail.snippets.views.snippets import HistoryView, RevisionsCompareView

from masthead.web.admin.calendar import written
from masthead.web.admin.numbers import Counted


class _Steps(WagtailPaginator):
    """Counts what happened; in the shell's words it would be model log entries."""

    @property
    def items_count_label(self) -> str:
        return ngettext("%(n)s step", "%(n)s steps", self.count) % {"n": Counted(self.count)}


class History(HistoryView):
    """What was done with an issue. A sitting in which it was saved a hundred times by itself is one version and one line."""

    paginator_class = _Steps

    def get_base_queryset(self) -> QuerySet[ModelLogEntry]:
        """The newest entry of each version and kind of act."""
        entries: QuerySet[ModelLogEntry] = super().get_base_queryset()
        same = ModelLogEntry.objects.filter(revision=OuterRef("revision"), action=OuterRef("action")).order_by("-pk")
        return entries.filter(Q(revision=None) | Q(pk=Subquery(same.values("pk")[:1])))


class Comparison(RevisionsCompareView):
    """Two versions side by side, with when each was saved."""

    template_name = "web_admin/issues/compare.html"

    def setup(self, request: HttpRequest, pk: str, revision_id_a: str, revision_id_b: str, *args: Any, **kwargs: Any) -> None:
        """404 for an id that is no number, at which the shell fails, and for the live version: there is none here."""
        if not pk.isdecimal() or "live" in {revision_id_a, revision_id_b}:
            raise Http404
        super().setup(request, pk, revision_id_a, revision_id_b, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the times of both versions, in words."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"older": self._saved(self.revision_id_a), "newer": self._saved(self.revision_id_b)}

    def _saved(self, version: str) -> str:
        versions = self.object.revisions.order_by("created_at", "id")
        if version.isdecimal():
            versions = versions.filter(pk=version)
        revision = versions.last() if version == "latest" else versions.first()
        return written(localtime(revision.created_at), "j M Y H:i:s", get_language() or "en")
