"""What stands beside the compose screen: state, history, lock and preview; the rest of what the shell has there is left out."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.side_panels import ChecksSidePanel, StatusSidePanel
from wagtail.snippets.side_panels import SnippetStatusSidePanel


class IssueStatus(SnippetStatusSidePanel):
    """State, history and lock of an issue, without schedule (the send desk has it), uses and the name of the model."""

    template_name = "web_admin/issues/status.html"

    def __init__(self, shell: StatusSidePanel) -> None:
        """With what the shell's panel was made with."""
        self.__dict__.update(shell.__dict__)
        self.usage_url = None

    def get_scheduled_publishing_context(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Nothing is published here. The second key keeps the shell's template from saying that no schedule is set."""
        return {"draftstate_enabled": True, "has_live_publishing_schedule": True}


def ours(panels: list[Any]) -> list[Any]:
    """The shell's `panels` for an issue. Its checks read the preview and know nothing of mail: our own are above the text."""
    kept = [panel for panel in panels if not isinstance(panel, ChecksSidePanel)]
    return [IssueStatus(panel) if isinstance(panel, StatusSidePanel) else panel for panel in kept]
