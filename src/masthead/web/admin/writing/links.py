"""The link button of the editor: it asks for an address, since there is no tree of pages to choose from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature


def register(features: Any) -> None:
    """Put our link feature in place of the shell's, whose chooser of pages is closed (`web.admin.closed`)."""
    external = reverse_lazy("wagtailadmin_choose_page_external_link")
    options = {
        "type": "LINK",
        "icon": "link",
        "description": _("Link"),
        "attributes": ["url", "id", "parentId"],
        # What a pasted link may be; the renderer's allow-list decides about the rest.
        "allowlist": {"href": "^(http:|https:|mailto:|tel:|undefined$)"},
        "chooserUrls": {
            "pageChooser": external,  # what the button opens for a new link
            "externalLinkChooser": external,
            "emailLinkChooser": reverse_lazy("wagtailadmin_choose_page_email_link"),
            "phoneLinkChooser": reverse_lazy("wagtailadmin_choose_page_phone_link"),
            "anchorLinkChooser": external,
        },
    }
    features.register_editor_plugin("draftail", "link", EntityFeature(options, js=["wagtailadmin/js/page-chooser-modal.js"]))
