"""The queue of single mails, sent over SMTP to the built-in inbox or to a server that misbehaves."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from pytest_django import Settings

from masthead.common.addresses import normalise
from masthead.mail import allowances, single, suppressions
from masthead.mail.encoding.slots import BadMail
from masthead.mail.inbox.listener import Listener
from masthead.mail.models import InboxMessage, SingleMail, Suppression, Transport
from masthead.mail.pacing.limits import Limits
from masthead.mail.sender import Sender
from tests.mail.scripted import Script, scripted

NOW = datetime(2026, 1, 7, 9, tzinfo=UTC)
State = SingleMail.State


def queue(sender: Sender, **changes: object) -> SingleMail:
    words: dict[str, object] = {
        "kind": "confirmation",
        "to": "anna@example.com",
        "subject": "Please confirm",
        "text": "Confirm: https://news.example.org/c/abc",
        "html": '<p><a href="https://news.example.org/c/abc">Confirm</a></p>',
        "sender": sender,
        "now": NOW,
    }
    return single.queue(**(words | changes))  # type: ignore[arg-type]


def test_a_queued_mail_arrives_and_its_bytes_are_dropped(inbox: Listener, courier: Sender) -> None:
    mail = queue(courier)
    assert single.send(mail_id=mail.pk, now=NOW) == State.ACCEPTED
    mail.refresh_from_db()
    assert (mail.state, mail.code, bytes(mail.raw)) == (State.ACCEPTED, 250, b"")
    kept = InboxMessage.objects.get()
    assert (kept.envelope_from, kept.envelope_to, kept.subject) == ("courier@example.org", "anna@example.com", "Please confirm")
    message = email.message_from_bytes(bytes(kept.raw), policy=email.policy.default)
    assert message["From"] == "The Courier <courier@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not [name for name in message if name.startswith("List-") or name == "Precedence"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_an_address_to_stop_is_never_folded_or_encoded(inbox: Listener, courier: Sender) -> None:
    stop = f"<https://news.example.org/f/{'0123456789abcdef' * 6}>"
    mail = queue(courier, headers={"List-Unsubscribe": stop, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    single.send(mail_id=mail.pk, now=NOW)
    lines = bytes(InboxMessage.objects.get().raw).split(b"\r\n")
    assert f"List-Unsubscribe: {stop}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    for bad in ("https://news.example.org/f/1", f"{stop}, {stop}", f"{stop}\r\nBcc: a@example.org"):
        with pytest.raises(BadMail, match="List-Unsubscribe"):
            queue(courier, headers={"List-Unsubscribe": bad})


def test_a_mail_is_sent_once_however_often_its_task_runs(inbox: Listener, courier: Sender) -> None:
    mail = queue(courier)
    assert [single.send(mail_id=mail.pk, now=NOW) for _ in range(3)] == [State.ACCEPTED, None, None]
    assert InboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_decision_sends_nothing(courier: Sender) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue(courier)
        raise RuntimeError("changed our mind")
    assert not SingleMail.objects.exists()


def test_in_test_mode_the_relay_gets_nothing(inbox: Listener, courier: Sender, settings: Settings) -> None:
    with scripted(Script()) as relay:
        settings.SMTP_URL = f"smtp://127.0.0.1:{relay.port}"
        testing = Sender(name="The Courier", address="courier@example.org", test_mode=True)
        single.send(mail_id=queue(testing).pk, now=NOW)
        assert InboxMessage.objects.count() == 1
        assert relay.accepted == 0
        single.send(mail_id=queue(testing, to_staff=True).pk, now=NOW)
        assert relay.accepted == 1


@pytest.mark.django_db(transaction=True)
def test_a_refused_reader_is_final_and_keeps_the_relays_words(courier: Sender, settings: Settings) -> None:
    with scripted(Script(rcpt=b"550 5.1.1 No such person\r\n")) as relay:
        settings.SMTP_URL = f"smtp://127.0.0.1:{relay.port}"
        mail = queue(courier)
        assert single.send(mail_id=mail.pk, now=NOW) == State.REJECTED
    mail.refresh_from_db()
    assert (mail.code, mail.reply, bytes(mail.raw)) == (550, "550 5.1.1 No such person", b"")


@pytest.mark.django_db(transaction=True)
def test_a_temporary_refusal_is_tried_again_later_and_later_until_it_gives_up(courier: Sender, settings: Settings) -> None:
    with scripted(Script(rcpt=b"450 4.2.0 Come back later\r\n")) as relay:
        settings.SMTP_URL = f"smtp://127.0.0.1:{relay.port}"
        mail = queue(courier)
        now, pauses = NOW, []
        while single.send(mail_id=mail.pk, now=now) == State.QUEUED:
            mail.refresh_from_db()
            assert single.send(mail_id=mail.pk, now=now) is None
            pauses.append((mail.next_try_at - now).total_seconds())
            now = mail.next_try_at
    assert pauses[:4] == [30, 60, 120, 240]
    assert max(pauses) == 3600
    mail.refresh_from_db()
    assert (mail.state, bytes(mail.raw)) == (State.EXPIRED, b"")
    assert now - NOW <= timedelta(hours=24)


@pytest.mark.django_db(transaction=True)
def test_a_relay_out_of_reach_keeps_the_mail(courier: Sender, settings: Settings) -> None:
    with scripted(Script()) as relay:
        port = relay.port
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    mail = queue(courier)
    assert single.send(mail_id=mail.pk, now=NOW) == State.QUEUED
    mail.refresh_from_db()
    assert "closed" in mail.reply
    assert bytes(mail.raw)


def test_what_a_killed_process_was_sending_goes_on(inbox: Listener, courier: Sender) -> None:
    mail = queue(courier)
    SingleMail.objects.update(state=State.SENDING, attempts=1, next_try_at=NOW + single.LEASE)
    assert single.send_due(clock=lambda: NOW, stopping=lambda: False) == 0
    later = NOW + single.LEASE
    assert single.send_due(clock=lambda: later, stopping=lambda: False) == 1
    mail.refresh_from_db()
    assert mail.state == State.ACCEPTED


def test_a_process_that_runs_alone_recovers_at_once(inbox: Listener, courier: Sender) -> None:
    queue(courier)
    SingleMail.objects.update(state=State.SENDING, attempts=1, next_try_at=NOW + single.LEASE)
    assert single.recover(now=NOW) == 1
    assert single.send_due(clock=lambda: NOW, stopping=lambda: False) == 1


def test_a_stopping_process_begins_no_more_mails(inbox: Listener, courier: Sender) -> None:
    queue(courier)
    assert single.send_due(clock=lambda: NOW, stopping=lambda: True) == 0


@pytest.mark.django_db
def test_settled_mails_are_forgotten_after_a_while(courier: Sender) -> None:
    queue(courier)
    assert single.purge(now=NOW + timedelta(days=30)) == 0
    SingleMail.objects.update(state=State.ACCEPTED)
    assert single.purge(now=NOW + timedelta(days=13)) == 0
    assert single.purge(now=NOW + timedelta(days=15)) == 1


@pytest.mark.django_db
def test_erasure_forgets_the_mails_to_an_address(courier: Sender) -> None:
    queue(courier)
    assert single.forget(address="ANNA@example.com") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Subject", "Bcc", "Content-Type", "X Y", "X\r\nY", ""])
def test_a_header_of_ours_or_a_broken_one_cannot_be_added(courier: Sender, name: str) -> None:
    with pytest.raises(BadMail):
        queue(courier, headers={name: "x"})


@pytest.mark.django_db
def test_a_line_break_in_the_subject_is_refused(courier: Sender) -> None:
    with pytest.raises(BadMail):
        queue(courier, subject="Hello\r\nBcc: everybody@example.org")


def test_djangos_own_mail_takes_the_same_way(inbox: Listener) -> None:
    message = EmailMultiAlternatives("Notice", "A text.", "Masthead <masthead@localhost>", ["a@example.org", "b@example.org"])
    message.attach_alternative("<p>A text.</p>", "text/html")
    from masthead.mail.django_backend import QueueBackend

    assert QueueBackend().send_messages([message]) == 1
    assert sorted(SingleMail.objects.values_list("envelope_to", flat=True)) == ["a@example.org", "b@example.org"]
    assert single.send_due(clock=lambda: datetime.now(UTC), stopping=lambda: False) == 2
    assert InboxMessage.objects.filter(subject="Notice").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_relay_out_of_reach_is_passed_over_for_the_next(courier: Sender, settings: Settings) -> None:
    settings.SMTP_URL = ""
    with scripted(Script()) as dead:
        port = dead.port
    with scripted(Script()) as alive:
        for weight, each in ((9, port), (1, alive.port)):
            values = {"kind": "smtp", "host": "127.0.0.1", "port": each, "security": "none", "in_use": True, "weight": weight}
            Transport.objects.create(name=str(each), **values)
        assert single.send(mail_id=queue(courier).pk, now=NOW) == State.ACCEPTED
        assert alive.accepted == 1
        assert "closed" in Transport.objects.get(port=port).trouble
        assert single.send(mail_id=queue(courier).pk, now=NOW) == State.ACCEPTED
        assert dead.connections == 0
    assert Transport.objects.get(port=port).rested == 30, "the second mail did not try it: it rests"


@pytest.mark.django_db(transaction=True)
def test_a_relay_for_other_senders_does_not_get_it(courier: Sender, settings: Settings) -> None:
    settings.SMTP_URL = ""
    with scripted(Script()) as ours, scripted(Script()) as theirs:
        for domain, each in (("example.org", ours), ("example.net", theirs)):
            values = {"kind": "smtp", "host": "127.0.0.1", "port": each.port, "security": "none", "in_use": True}
            Transport.objects.create(name=domain, sender_domains=domain, weight=9 if each is theirs else 1, **values)
        single.send(mail_id=queue(courier).pk, now=NOW)
        assert (ours.accepted, theirs.accepted) == (1, 0)
        stranger = Sender(name="Stranger", address="stranger@example.com")
        mail = queue(stranger)
        assert single.send(mail_id=mail.pk, now=NOW) == State.QUEUED
    mail.refresh_from_db()
    assert "example.com" in mail.reply


@pytest.mark.django_db(transaction=True)
def test_it_goes_although_the_budget_is_spent_and_counts_towards_it(courier: Sender, settings: Settings) -> None:
    with scripted(Script()) as relay:
        settings.SMTP_URL, settings.SMTP_PER_HOUR = f"smtp://127.0.0.1:{relay.port}", 2
        for _ in range(3):
            assert single.send(mail_id=queue(courier).pk, now=NOW) == State.ACCEPTED
    scope = allowances.transport_scope(0)
    assert allowances.used(scope, now=allowances.database_now()) == (3, 3)
    assert allowances.take(scope, Limits(per_hour=2), want=1, now=allowances.database_now()).count == 0


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["confirmation", "sign_in", "test", "forward"])
@pytest.mark.parametrize("whole_domain", [False, True])
def test_nothing_goes_to_a_suppressed_address_also_if_that_came_after_queueing(
    inbox: Listener, courier: Sender, kind: str, whole_domain: bool
) -> None:
    mail = queue(courier, kind=kind, to="Anna@bücher.example")
    if whole_domain:
        suppressions.suppress_domain(domain=normalise("x@bücher.example").domain, now=NOW, by="staff:1")
    else:
        address = normalise("anna@xn--bcher-kva.example")
        suppressions.suppress(address=address, reason=Suppression.Reason.COMPLAINED, now=NOW, by="system")
    assert single.send(mail_id=mail.pk, now=NOW) == State.REJECTED
    mail.refresh_from_db()
    assert (bytes(mail.raw), mail.reply[:10], InboxMessage.objects.count()) == (b"", "suppressed", 0)


@pytest.mark.django_db
def test_a_suppressed_member_of_staff_can_still_reset_a_password(inbox: Listener, courier: Sender) -> None:
    suppressions.suppress(address=normalise("anna@example.com"), reason=Suppression.Reason.BOUNCED, now=NOW, by="system")
    assert single.send(mail_id=queue(courier, kind="notice").pk, now=NOW) == State.ACCEPTED
