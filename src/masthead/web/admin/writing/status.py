"""What stands beside the compose screen: last save, history, lock and preview; the rest of what the shell has is left out."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.side_panels import ChecksSidePanel, StatusSidePanel
from wagtail.snippets.side_panels import SnippetStatusSidePanel

_LAST_SAVED = "web_admin/issues/last_saved.html"


class IssueStatus(SnippetStatusSidePanel):
    """Last save, history and lock of an issue, without schedule (the send desk has it), uses and the name of the model."""

    template_name = "web_admin/issues/status.html"

    def __init__(self, shell: StatusSidePanel) -> None:
        """With what the shell's panel was made with."""
        self.__dict__.update(shell.__dict__)
        self.usage_url = None

    def get_scheduled_publishing_context(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Nothing is published here."""
        return {}

    def get_status_templates(self, context: dict[str, Any]) -> list[str]:
        """When it was saved and by whom in place of the shell's own state: that of an issue stands above the text."""
        return [_LAST_SAVED if name.endswith("/workflow.html") else name for name in super().get_status_templates(context)]

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """With the newest version, if it has any."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"saved": self.object.latest_revision if self.object.pk else None}


def ours(panels: list[Any]) -> list[Any]:
    """The shell's `panels` for an issue. Its checks read the preview and know nothing of mail: our own are above the text."""
    kept = [panel for panel in panels if not isinstance(panel, ChecksSidePanel)]
    return [IssueStatus(panel) if isinstance(panel, StatusSidePanel) else panel for panel in kept]
