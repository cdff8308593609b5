"""Every address of the desk that is ours. Names are `desk_<screen>`; each view carries the right it needs.

`screens` stand inside the shell (Wagtail wraps them: signed in, never cached, in the language of the person at it). `urlpatterns`
are asked before the shell: what replaces its own screens, what needs nobody signed in, and what of the shell is closed.
"""

from __future__ import annotations

from allauth.account.views import logout
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from masthead.web.admin import closed, doctor, home, inbox, library, loop_test, mailboxes, pacing, servers, transports, webhooks
from masthead.web.admin.office import account as own
from masthead.web.admin.office import activity, design, people, publications, welcome
from masthead.web.admin.readers import addresses as readers
from masthead.web.admin.returns import addresses as returns
from masthead.web.admin.script_words import ScriptWords
from masthead.web.admin.sending import correcting, following, progress, starting, tests, trying, withdrawing
from masthead.web.admin.writing import copying, findings, listing, looks, manuscripts, previews

screens: list[URLPattern | URLResolver] = [
    path("issues/like/<int:pk>/", copying.copy, name="desk_issue_copy"),
    path("issues/looks/<int:pk>/", looks.looks, name="desk_looks"),
    path("issues/look/<int:pk>/", previews.look, name="desk_look"),
    path("issues/look/<int:pk>/findings/", findings.findings, name="desk_findings"),
    path("issues/manuscript/", manuscripts.manuscript, name="desk_manuscript"),
    path("issues/manuscript/<str:token>/", manuscripts.found, name="desk_manuscript_found"),
    path("issues/manuscript/<str:token>/page/", manuscripts.page, name="desk_manuscript_page"),
    path("issues/manuscript/<str:token>/picture/<int:place>/", manuscripts.picture, name="desk_manuscript_picture"),
    path("issues/manuscript/<str:token>/decide/", manuscripts.decide, name="desk_manuscript_decide"),
    path("issues/send/<int:pk>/", starting.send, name="desk_send"),
    path("issues/send/<int:pk>/audience/", starting.audience_count, name="desk_send_audience"),
    path("issues/send/<int:pk>/checks/", starting.checks, name="desk_send_checks"),
    path("issues/send/<int:pk>/domain/", doctor.of_sender, name="desk_send_domain"),
    path("issues/send/<int:pk>/correct/", correcting.correct, name="desk_correct"),
    path("issues/send/<int:pk>/withdraw/", withdrawing.withdraw, name="desk_withdraw"),
    path("issues/send/<int:pk>/test/", tests.test, name="desk_send_test"),
    path("issues/send/<int:pk>/dry-run/", trying.begin, name="desk_dry_run"),
    path("issues/send/<int:pk>/links/", trying.links, name="desk_check_links"),
    path("issues/send/<int:pk>/spam-score/", trying.spam, name="desk_spam_score"),
    path("issues/send/<int:pk>/spam-score/news/", trying.spam_news, name="desk_spam_score_news"),
    path("issues/send/<int:pk>/dry-run/news/", trying.news, name="desk_dry_run_news"),
    path("issues/sending/<int:pk>/", progress.campaign, name="desk_campaign"),
    path("issues/sending/<int:pk>/news/", progress.news, name="desk_campaign_news"),
    path("issues/sending/<int:pk>/act/", progress.act, name="desk_campaign_act"),
    path("issues/sending/<int:pk>/rest/", following.rest, name="desk_campaign_rest"),
    *readers.screens,
    *returns.screens,
    path("publications/", publications.publications, name="desk_publications"),
    path("publications/new/", publications.new, name="desk_publication_new"),
    path("publications/<int:pk>/", publications.publication, name="desk_publication"),
    path("publications/<int:pk>/design/", design.design, name="desk_design"),
    path("publications/<int:pk>/design/verdict/", design.verdict, name="desk_design_verdict"),
    path("publications/<int:pk>/design/look/", design.look, name="desk_design_look"),
    path("publications/<int:pk>/mode/", publications.mode, name="desk_publication_mode"),
    path("people/", people.people, name="desk_people"),
    path("people/<int:pk>/", people.change, name="desk_person"),
    path("activity/", activity.activity, name="desk_activity"),
    path("files/<path:name>", library.file, name="desk_file"),
    path("inbox/", inbox.inbox, name="desk_inbox"),
    path("inbox/empty/", inbox.empty, name="desk_inbox_empty"),
    path("inbox/<int:pk>/", inbox.message, name="desk_message"),
    path("inbox/<int:pk>/html/", inbox.message_html, name="desk_message_html"),
    path("inbox/<int:pk>/source/", inbox.message_source, name="desk_message_source"),
    path("inbox/<int:pk>/attachment/<int:number>/", inbox.message_attachment, name="desk_message_attachment"),
    path("mailboxes/", mailboxes.mailboxes, name="desk_mailboxes"),
    path("mailboxes/new/", mailboxes.new, name="desk_mailbox_new"),
    path("mailboxes/<int:pk>/", mailboxes.mailbox, name="desk_mailbox"),
    path("doctor/", doctor.doctor, name="desk_doctor"),
    path("doctor/findings/", doctor.findings, name="desk_doctor_findings"),
    path("doctor/loop/", loop_test.begin, name="desk_loop_test"),
    path("doctor/loop/look/", loop_test.look, name="desk_loop_look"),
    path("webhooks/", webhooks.webhooks, name="desk_webhooks"),
    path("webhooks/new/", webhooks.new, name="desk_webhook_new"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="desk_webhook"),
    path("transports/", transports.transports, name="desk_transports"),
    path("transports/new/", servers.new, name="desk_transport_new"),
    path("transports/<int:pk>/", servers.server, name="desk_transport"),
    path("transports/providers/new/", pacing.new_provider, name="desk_provider_new"),
    path("transports/providers/<int:pk>/", pacing.provider, name="desk_provider"),
    path("transports/quiet-hours/<int:pk>/", pacing.quiet_hours, name="desk_quiet_hours"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", never_cache(require_admin_access(home.home)), name="desk_home"),
    # The shell sends strangers to its own sign-in; its own sign-out would end the session on any request.
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", logout),
    # Half of the address of the sign-in: allauth would lead to a screen of addresses that is closed.
    path("sign-in/", RedirectView.as_view(pattern_name="desk_home")),
    path("issues/", never_cache(require_admin_access(listing.issues)), name="desk_issues"),
    path("jsi18n/", require_admin_access(ScriptWords.as_view()), name="desk_script_words"),
    path("account/", never_cache(require_admin_access(own.account)), name="desk_account"),
    path("welcome/bulletin/", welcome.bulletin, name="desk_welcome_bulletin"),
    path("welcome/mail/", welcome.how_mail_leaves, name="desk_welcome_mail"),
    path("welcome/<str:token>/", welcome.welcome, name="desk_welcome"),
    # The shell's own sign-in, its tree, sites, groups, reports: nothing of Masthead lives there.
    re_path(closed.PATHS, closed.not_here),
]
