"""Issues and contributors in the editor's shell: drafts, autosave, history, comparison and previews are Wagtail's.

What is not Wagtail's: nothing is published here. The button is gone, the address is gone, and a hand-made POST of
`action-publish` saves a draft like any other (publishing.md, section 1).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.components import MediaContainer
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    PreviewOnCreateView,
    PreviewOnEditView,
    PreviewRevisionView,
    SnippetViewSet,
)

from masthead.issues.models import Contributor, Issue
from masthead.team.roles import may
from masthead.web.admin.staff import staff
from masthead.web.admin.writing import copying, form, history, previews, readiness, status


class Composing:
    """What creating and editing an issue have in common: our two actions, and never Wagtail's `publish`."""

    request: HttpRequest
    object: Issue

    def get_available_actions(self) -> list[str]:
        """Wagtail's actions without `publish`, with ours."""
        actions = [action for action in super().get_available_actions() if action != "publish"]  # type: ignore[misc]
        if may(self.request.user, "issues.ready"):
            actions.append("mark-ready")
        if may(self.request.user, "campaigns.send"):
            actions.append("send")
        return actions

    def mark_ready_action(self) -> HttpResponse:
        """Saved; now mark it ready, or say what stands in the way."""
        readiness.mark(self.request, self.object)
        return redirect("issues:edit", self.object.pk)

    def send_action(self) -> HttpResponse:
        """Saved; on to the send desk."""
        return redirect("desk_send", self.object.pk)

    def get_success_message(self, instance: Issue | None = None) -> str:
        """Said after saving by hand; autosave says it in the header."""
        return _("Saved %(time)s.") % {"time": timezone.localtime().strftime("%H:%M")}

    def get_side_panels(self) -> MediaContainer:
        """State and preview."""
        return MediaContainer(status.ours(list(super().get_side_panels())))  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the head of the compose screen shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        user = self.request.user
        locked = bool(getattr(self, "locked_for_user", False))
        context["may_mark_ready"] = may(user, "issues.ready") and not locked
        context["may_send"] = may(user, "campaigns.send") and not locked
        context["head"] = readiness.head(getattr(self, "object", None))
        return context


class ComposeNew(Composing, CreateView):
    """A new issue."""

    page_title = gettext_lazy("New issue")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Ending in our words."""
        items: list[dict[str, Any]] = super().get_breadcrumbs_items()
        return [*items[:-1], {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the newest issues, which can be copied instead."""
        return super().get_context_data(**kwargs) | {"models": copying.models(staff(self.request))}

    def get_initial_form_instance(self) -> Issue:
        """Begun with an empty paragraph, so that there is somewhere to write."""
        issue = Issue()
        issue.body = [("text", issue.body.stream_block.child_blocks["text"].get_default())]
        return issue

    template_name = "web_admin/issues/create.html"


class Compose(Composing, EditView):
    """An issue being written."""

    template_name = "web_admin/issues/edit.html"
    partials_template_name = "web_admin/issues/saved.html"

    def save_instance(self) -> Issue:
        """Saves of an issue come one after the other, and what is saved by itself never overwrites a save that overtook it.

        The shell compares versions before it saves, which two requests of one browser can do at the same time. Raises
        PermissionDenied, which the shell answers with "invalid_revision".
        """
        seen = self.latest_revision and (self.latest_revision.pk, self.latest_revision.created_at)
        alone = Issue.objects.select_for_update(of=("self",)).select_related("latest_revision")
        locked = alone.only("latest_revision__created_at").get(pk=self.object.pk).latest_revision
        if self.expects_json_response and (locked and (locked.pk, locked.created_at)) != seen:
            raise PermissionDenied(_("A newer version was saved meanwhile."))
        saved: Issue = super().save_instance()
        return saved


class _Preview:
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Wagtail's view builds the object from the unsaved form and asks it to answer; we answer in its place.
        previews.attach(self.object)  # type: ignore[attr-defined]
        answer: HttpResponseBase = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class PreviewNew(_Preview, PreviewOnCreateView):
    """What an unsaved new issue looks like."""


class Preview(_Preview, PreviewOnEditView):
    """What the form as it stands looks like."""


class PreviewVersion(PreviewRevisionView):
    """What an older version looked like."""

    def get_revision_object(self) -> Issue:
        """The version, able to show itself."""
        issue: Issue = super().get_revision_object()
        previews.attach(issue)
        return issue


class IssueViewSet(SnippetViewSet):
    """Issues below /desk/issues/."""

    model = Issue
    icon = "doc-full"
    base_url_path = "issues"
    url_namespace = "issues"
    add_view_class = ComposeNew
    edit_view_class = Compose
    create_template_name = "web_admin/issues/create.html"
    edit_template_name = "web_admin/issues/edit.html"
    preview_on_add_view_class = PreviewNew
    preview_on_edit_view_class = Preview
    revisions_view_class = PreviewVersion
    revisions_compare_view_class = history.Comparison
    history_view_class = history.History
    edit_handler = form.edit_handler()
    copy_view_enabled = False
    #: Addresses of the shell that would publish, unpublish or schedule behind our back, or copy a number.
    CLOSED = frozenset({"unpublish", "revisions_unschedule", "copy"})

    @property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Where the compose screen says it stands."""
        return [{"url": reverse_lazy("desk_home"), "label": gettext_lazy("Home")}]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's addresses but for those that are CLOSED; our own list stands before them (web.admin.urls)."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.CLOSED]


class ContributorChooser(SnippetChooserViewSet):
    """Choosing who signs, while an issue is written; who is not known yet is made there, by name."""

    form_fields = ("name",)


class ContributorViewSet(SnippetViewSet):
    """The people who sign pieces."""

    model = Contributor
    icon = "user"
    base_url_path = "contributors"
    url_namespace = "contributors"
    chooser_viewset_class = ContributorChooser
    list_display = ("name", "url", "fediverse")
    search_fields = ("name", "family_name")
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("given_name"), FieldPanel("family_name")]),
            FieldPanel("url"),
            FieldPanel("fediverse", help_text=gettext_lazy("As in @name@host.")),
        ]
    )

    @property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Where the screen says it stands."""
        return [{"url": reverse_lazy("desk_home"), "label": gettext_lazy("Home")}]
