"""Where the screens of what came back are."""

from __future__ import annotations

from django.urls import URLPattern, path

from masthead.web.admin.returns import alarms, clicks, exports, finding, issue, judging, listing, own, replies, report

screens: list[URLPattern] = [
    path("issues/report/<int:pk>/", report.report, name="desk_report_of_issue"),
    path("issues/report/<int:pk>/export/", report.export, name="desk_report_export"),
    path("issues/report/<int:pk>/clicks/", clicks.export, name="desk_report_clicks"),
    path("issues/report/<int:pk>/readers/", clicks.export_readers, name="desk_report_readers"),
    path("returns/", listing.returns, name="desk_returns"),
    path("returns/export/", exports.export, name="desk_returns_export"),
    path("returns/issues/", issue.issues, name="desk_returns_issues"),
    path("returns/issues/<int:pk>/", issue.issue, name="desk_returns_issue"),
    path("returns/issues/<int:pk>/decide/", issue.decide, name="desk_returns_decide"),
    path("returns/alarms/", alarms.alarms, name="desk_alarms"),
    path("returns/alarms/<int:pk>/settle/", alarms.settle, name="desk_alarm_settle"),
    path("returns/rules/", judging.rules, name="desk_judging"),
    path("returns/rules/own/", own.own, name="desk_own_rules"),
    path("returns/rules/own/<int:pk>/", own.change, name="desk_own_rule_change"),
    path("returns/rules/own/<int:pk>/edit/", own.edit, name="desk_own_rule"),
    path("returns/rules/shipped/", own.shipped, name="desk_shipped_rule"),
    path("replies/", replies.replies, name="desk_replies"),
    path("replies/<int:pk>/", replies.reply, name="desk_reply"),
    path("replies/<int:pk>/mark/", replies.mark, name="desk_reply_mark"),
    path("replies/go-to/<int:pk>/", replies.go_to, name="desk_replies_go_to"),
    path("returns/<int:pk>/", finding.finding, name="desk_finding"),
    path("returns/<int:pk>/undo/", finding.undo, name="desk_finding_undo"),
    path("returns/reports/<int:pk>/", finding.report, name="desk_report"),
    path("returns/reports/<int:pk>/decide/", finding.decide_report, name="desk_report_decide"),
    path("returns/reports/<int:pk>/source/", finding.source, name="desk_report_source"),
]
