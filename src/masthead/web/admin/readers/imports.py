"""Import readers: upload → preview, in which nothing is added → how they agreed → the import, with its result file."""

from __future__ import annotations

import csv
import secrets
from itertools import islice
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import importing
from masthead.audience.import_report import folder
from masthead.audience.models import ImportRun, MailingList
from masthead.audience.tasks import run_import
from masthead.team.roles import requires
from masthead.web.admin.readers.forms import StatementForm, UploadForm
from masthead.web.admin.staff import staff

_SHOWN_ROWS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and the upload of a new file."""
    lists = MailingList.objects.all()
    form = UploadForm(request.POST or None, request.FILES or None, initial={"list": lists[0] if len(lists) == 1 else None})
    if request.method == "POST" and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        path = _keep(file)
        run = _start(
            file_name=file.name or "",
            stored_path=path,
            mailing_list=form.cleaned_data["list"],
            statement="",
            dry_run=True,
            by=staff(request).actor,
        )
        return redirect("desk_import", run.pk)
    runs = ImportRun.objects.filter(dry_run=False).select_related("list")[:50]
    return render(
        request, "web_admin/readers/imports.html", {"title": _("Import readers"), "form": form, "runs": runs, "lists": lists}
    )


@require_safe
@requires("readers.edit")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: waiting, running, previewed or done."""
    found = get_object_or_404(ImportRun.objects.select_related("list"), pk=pk)
    return _show(request, found, StatementForm())


@require_safe
@requires("readers.edit")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the screen that changes while it runs; tells the page to reload when it is done."""
    found = get_object_or_404(ImportRun, pk=pk)
    answer = render(request, "web_admin/readers/import_progress.html", {"run": found, "percent": _percent(found)})
    if not _is_open(found):
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@requires("readers.edit")
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview was seen and the statement given: import the same file."""
    preview = get_object_or_404(ImportRun.objects.select_related("list"), pk=pk, dry_run=True, state=ImportRun.State.FINISHED)
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _show(request, preview, form)
    if not Path(preview.stored_path).is_file():
        form.add_error(None, _("The file is kept for a month and is gone now. Upload it again."))
        return _show(request, preview, form)
    begun = _start(
        file_name=preview.file_name,
        stored_path=preview.stored_path,
        mailing_list=preview.list,
        statement=form.cleaned_data["statement"],
        dry_run=False,
        by=staff(request).actor,
    )
    return redirect("desk_import", begun.pk)


@require_safe
@requires("readers.edit")
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that names each row that was not added."""
    found = get_object_or_404(ImportRun, pk=pk)
    path = Path(found.report_path)
    if not found.report_path or path.parent != folder() or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"import-{pk}.csv", content_type="text/csv; charset=utf-8")


def _show(request: HttpRequest, found: ImportRun, form: StatementForm) -> HttpResponse:
    context = {
        "title": _("Import of %(file)s") % {"file": found.file_name},
        "run": found,
        "is_open": _is_open(found),
        "percent": _percent(found),
        "form": form,
        "rows": _rows(found),
        "shown": _SHOWN_ROWS,
        "not_added": found.rows - found.added,
    }
    return render(request, "web_admin/readers/import.html", context)


@transaction.atomic
def _start(*, file_name: str, stored_path: str, mailing_list: MailingList, statement: str, dry_run: bool, by: str) -> ImportRun:
    opened = importing.open_run(
        file_name=file_name,
        stored_path=stored_path,
        mailing_list=mailing_list,
        statement=statement,
        dry_run=dry_run,
        by=by,
        now=timezone.now(),
    )
    transaction.on_commit(lambda: run_import.enqueue(opened.pk))
    return opened


def _keep(file: UploadedFile[bytes]) -> str:
    """Write the upload into our folder, under a name that has nothing of its own in it."""
    path = folder() / f"upload-{secrets.token_hex(16)}.csv"
    with path.open("xb") as kept:
        path.chmod(0o600)
        for chunk in file.chunks():
            kept.write(chunk)
    return str(path)


def _rows(found: ImportRun) -> list[list[str]]:
    """The first rows of the report."""
    path = Path(found.report_path)
    if not found.report_path or not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(islice(csv.reader(file), 1, 1 + _SHOWN_ROWS))


def _is_open(found: ImportRun) -> bool:
    return found.state in {ImportRun.State.WAITING, ImportRun.State.RUNNING}


def _percent(found: ImportRun) -> int:
    return min(100, found.lines_done * 100 // found.lines) if found.lines else 0
