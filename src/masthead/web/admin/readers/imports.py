"""Import readers: upload → preview, in which nothing is added → how they agreed → the import, with its result file."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import importing
from masthead.audience.imports import taking_back
from masthead.audience.imports.report import folder
from masthead.audience.imports.source import Kind
from masthead.audience.models import Attribute, ImportRun, MailingList
from masthead.audience.tasks import run_import, undo_import
from masthead.team.roles import requires
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.readers.forms import MappingForm, StatementForm, UploadForm
from masthead.web.admin.staff import staff

_GONE = gettext_lazy("The file is kept for a month and is gone now. Upload it again.")
#: Files that were looked at and wait for somebody to say yes, as the screen lists them.
_MOST_WAITING = 10


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and the upload of a new file."""
    lists = lists_known_to(staff(request))
    form = UploadForm(request.POST or None, request.FILES or None, initial={"list": lists[0] if len(lists) == 1 else None})
    form.offer(lists)
    if request.method == "POST" and form.is_valid():
        file: UploadedFile[bytes] | None = form.cleaned_data["file"]
        pasted = form.cleaned_data["pasted"].encode()
        run = _start(
            file_name=(file.name or "") if file else _("pasted addresses"),
            stored_path=_keep(file.chunks() if file else [pasted]),
            mailing_list=form.cleaned_data["list"],
            dry_run=True,
            update_known=form.cleaned_data["update_known"],
            by=staff(request).actor,
        )
        return redirect("desk_import", run.pk)
    runs = ImportRun.objects.filter(dry_run=False).select_related("list")[:50]
    context = {"title": _("Import readers"), "form": form, "waiting": _waiting(), "runs": runs, "lists": lists}
    return render(request, "web_admin/readers/imports.html", context)


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
    answer = render(
        request, "web_admin/readers/import_progress.html", {"run": found, "percent": _percent(found), "is_news": True}
    )
    if not found.is_open:
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
        form.add_error(None, _GONE)
        return _show(request, preview, form)
    begun = _again(preview, by=staff(request).actor, dry_run=False, statement=form.cleaned_data["statement"])
    return redirect("desk_import", begun.pk)


@require_POST
@requires("readers.edit")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the columns hold is said otherwise, or at all: preview the same file again."""
    looked_at = ImportRun.objects.filter(dry_run=True, state__in=[ImportRun.State.FINISHED, ImportRun.State.FAILED])
    preview = get_object_or_404(looked_at.select_related("list"), pk=pk)
    form = MappingForm(preview.layout, request.POST)
    if not form.is_valid():
        return _show(request, preview, StatementForm(), form)
    if not Path(preview.stored_path).is_file():
        form.add_error(None, _GONE)
        return _show(request, preview, StatementForm(), form)
    return redirect("desk_import", _again(preview, by=staff(request).actor, dry_run=True, mapping=form.mapping()).pk)


@require_POST
@requires("readers.edit")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel, go on, or take back."""
    found = get_object_or_404(ImportRun.objects.select_related("list"), pk=pk)
    by, now = staff(request).actor, timezone.now()
    what = request.POST.get("what")
    with transaction.atomic():
        if what == "cancel":
            importing.cancel(run=found, by=by, now=now)
        elif what == "resume" and importing.reopen(run=found):
            transaction.on_commit(lambda: run_import.enqueue(pk, get_language() or ""))
        elif what == "undo":
            try:
                taking_back.begin(run=found, by=by, now=now)
            except taking_back.CannotUndo as error:
                messages.error(request, str(error))
            else:
                transaction.on_commit(lambda: undo_import.enqueue(pk, by))
    return redirect("desk_import", pk)


@require_safe
@requires("readers.edit")
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that says what became of each row."""
    found = get_object_or_404(ImportRun, pk=pk)
    path = Path(found.report_path)
    if not found.report_path or path.parent != folder() or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"import-{pk}.csv", content_type="text/csv; charset=utf-8")


def _waiting() -> list[ImportRun]:
    """The newest look at each file that is kept and was not imported yet."""
    later = ImportRun.objects.filter(stored_path=OuterRef("stored_path"), pk__gt=OuterRef("pk"))
    looked_at = ImportRun.objects.filter(~Exists(later), dry_run=True, stored_path__startswith=str(folder()))
    found = looked_at.exclude(state=ImportRun.State.CANCELLED).select_related("list")[:_MOST_WAITING]
    return [run for run in found if Path(run.stored_path).is_file()]


def _show(request: HttpRequest, found: ImportRun, form: StatementForm, mapping: MappingForm | None = None) -> HttpResponse:
    context = {
        "title": _("Import of %(file)s") % {"file": found.file_name},
        "run": found,
        "is_open": found.is_open,
        "percent": _percent(found),
        "form": form,
        "mapping": mapping or MappingForm(found.layout),
        "can_be_mapped": found.dry_run and not found.is_open and found.layout.get("kind") in {Kind.CSV, Kind.XLSX},
        "merge_fields": Attribute.objects.order_by("position", "pk").values_list("key", "label"),
        "examples": _examples(found),
        "will_do": found.added or found.changed,
    }
    return render(request, "web_admin/readers/import.html", context)


def _again(preview: ImportRun, *, by: str, dry_run: bool, **said: Any) -> ImportRun:
    """A new run over the file of a preview, as that was read unless something is `said` otherwise."""
    kept = {"mapping": preview.mapping, "encoding": preview.encoding, "update_known": preview.update_known}
    return _start(
        file_name=preview.file_name,
        stored_path=preview.stored_path,
        mailing_list=preview.list,
        dry_run=dry_run,
        by=by,
        **(kept | said),
    )


@transaction.atomic
def _start(*, file_name: str, stored_path: str, mailing_list: MailingList, dry_run: bool, by: str, **said: Any) -> ImportRun:
    opened = importing.open_run(
        file_name=file_name,
        stored_path=stored_path,
        mailing_list=mailing_list,
        dry_run=dry_run,
        by=by,
        now=timezone.now(),
        **({"statement": ""} | said),
    )
    transaction.on_commit(lambda: run_import.enqueue(opened.pk, get_language() or ""))
    return opened


def _keep(chunks: Iterable[bytes]) -> str:
    """Write the upload into our folder, under a name that has nothing of its own in it."""
    path = folder() / f"upload-{secrets.token_hex(16)}"
    with path.open("xb") as kept:
        path.chmod(0o600)
        for chunk in chunks:
            kept.write(chunk)
    return str(path)


def _examples(found: ImportRun) -> list[tuple[str, str, list[list[object]]]]:
    """The first rows of each result: its name, its title, its rows."""
    dry = found.dry_run
    titles = {
        "rejected": _("Cannot be used"),
        "suppressed": _("Suppressed: not added"),
        "left_before": _("Left before: not added"),
        "changed": _("Will change") if dry else _("Changed"),
        "known": _("On the list already"),
        "added": _("Will be added") if dry else _("Added"),
    }
    return [(name, title, found.samples[name]) for name, title in titles.items() if found.samples.get(name)]


def _percent(found: ImportRun) -> int:
    if found.state == ImportRun.State.UNDOING:
        return min(100, (found.taken_back + found.kept_back) * 100 // found.added) if found.added else 0
    return min(100, found.lines_done * 100 // found.lines) if found.lines else 0
