"""Files of the library, for staff. Readers see only what was frozen with an issue, at an address of its own."""

from __future__ import annotations

import mimetypes

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from masthead.team.roles import requires
from masthead.web.middleware import FILES

#: Shown in a page; everything else is a download, whatever its name says (S17).
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})


@require_safe
@requires("issues.write")
def file(request: HttpRequest, name: str) -> FileResponse:
    """The file called `name` below the library's folder. Nothing in it runs."""
    try:
        found = default_storage.open(name, "rb")
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    picture = kind in _PICTURES
    answer = FileResponse(found, content_type=kind if picture else "application/octet-stream", as_attachment=not picture)
    answer["Content-Security-Policy"] = FILES
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, private=True, max_age=3600)
    return answer
