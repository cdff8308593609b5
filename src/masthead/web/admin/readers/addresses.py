"""Where the screens of readers are."""

from __future__ import annotations

from django.urls import URLPattern, path

from masthead.web.admin.readers import attributes, exports, imports, listing, lists, reader, segments, sign_up_forms, suppressed

screens: list[URLPattern] = [
    path("readers/", listing.readers, name="desk_readers"),
    path("readers/add/", listing.add, name="desk_reader_add"),
    path("readers/leave/", listing.leave, name="desk_readers_leave"),
    path("readers/export/", exports.export, name="desk_readers_export"),
    path("readers/<int:pk>/", reader.reader, name="desk_reader"),
    path("readers/<int:pk>/edit/", reader.edit, name="desk_reader_edit"),
    path("readers/<int:pk>/join/", reader.join, name="desk_reader_join"),
    path("readers/<int:pk>/leave/", reader.leave, name="desk_reader_leave"),
    path("readers/<int:pk>/lift/", reader.lift, name="desk_reader_lift"),
    path("readers/<int:pk>/erase/", reader.erase, name="desk_reader_erase"),
    path("readers/<int:pk>/data/", reader.data, name="desk_reader_data"),
    path("lists/", lists.lists, name="desk_lists"),
    path("lists/new/", lists.new, name="desk_list_new"),
    path("lists/<int:pk>/", lists.edit, name="desk_list"),
    path("attributes/", attributes.attributes, name="desk_attributes"),
    path("attributes/new/", attributes.new, name="desk_attribute_new"),
    path("attributes/<int:pk>/", attributes.attribute, name="desk_attribute"),
    path("attributes/<int:pk>/delete/", attributes.delete, name="desk_attribute_delete"),
    path("suppressed/", suppressed.suppressed, name="desk_suppressed"),
    path("suppressed/add/", suppressed.add, name="desk_suppressed_add"),
    path("suppressed/import/", suppressed.take, name="desk_suppressed_import"),
    path("suppressed/export/", suppressed.give, name="desk_suppressed_export"),
    path("suppressed/<int:pk>/lift/", suppressed.lift, name="desk_suppressed_lift"),
    path("sign-up/", sign_up_forms.sign_up_forms, name="desk_sign_up_forms"),
    path("sign-up/new/", sign_up_forms.sign_up_form, name="desk_sign_up_form_new"),
    path("sign-up/<int:pk>/", sign_up_forms.sign_up_form, name="desk_sign_up_form"),
    path("sign-up/<int:pk>/picture/", sign_up_forms.picture, name="desk_sign_up_form_picture"),
    path("sign-up/<int:pk>/delete/", sign_up_forms.delete, name="desk_sign_up_form_delete"),
    path("segments/", segments.segments, name="desk_segments"),
    path("segments/new/", segments.new, name="desk_segment_new"),
    path("segments/count/", segments.count, name="desk_segment_count"),
    path("segments/<int:pk>/", segments.segment, name="desk_segment"),
    path("segments/<int:pk>/delete/", segments.delete, name="desk_segment_delete"),
    path("import/", imports.imports, name="desk_imports"),
    path("import/<int:pk>/", imports.run, name="desk_import"),
    path("import/<int:pk>/news/", imports.news, name="desk_import_news"),
    path("import/<int:pk>/begin/", imports.begin, name="desk_import_begin"),
    path("import/<int:pk>/columns/", imports.columns, name="desk_import_columns"),
    path("import/<int:pk>/act/", imports.act, name="desk_import_act"),
    path("import/<int:pk>/report/", imports.report, name="desk_import_report"),
]
