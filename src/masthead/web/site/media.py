"""Files of editions, frozen under the hash of their content: the address never shows anything else."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from masthead.issues.frozen_files import CONTENT_TYPES
from masthead.issues.models import EditionAsset
from masthead.web.middleware import FILES

#: "<SHA-256>.jpg": no path can hide in it.
_NAME = re.compile(r"[0-9a-f]{32,128}\.[a-z0-9]{2,5}")
FOLDER = "media-frozen"


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file. It may be kept for ever.

    A picture of a draft is here, too, before any edition shows it: previews have no session to ask with, being frames without an
    origin. Its name is the hash of its content, which nobody can guess who has not the picture.
    """
    if not _NAME.fullmatch(name):
        raise Http404
    asset = EditionAsset.objects.filter(name=name).first()
    content_type = asset.content_type if asset else CONTENT_TYPES.get(name.rpartition(".")[2], "")
    if not content_type:
        raise Http404
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{name}"',
        "Content-Security-Policy": FILES,
        "Cross-Origin-Resource-Policy": "cross-origin",  # mail read in a browser shows it, too
    }
    if get_conditional_response(request, f'"{name}"') is not None:
        return HttpResponse(status=304, headers=headers)
    try:
        file = (settings.DATA / FOLDER / name).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    image = content_type.startswith("image/") and "svg" not in content_type
    return FileResponse(file, content_type=content_type, headers=headers, as_attachment=not image, filename=name)
