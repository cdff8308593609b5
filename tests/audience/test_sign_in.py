"""A reader's way in."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import sign_in
from masthead.audience.models import SignIn, Subscriber
from masthead.audience.sign_in import NotSignedIn
from masthead.mail.models import SingleMail
from masthead.mail.sender import Sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(reader: Subscriber, sender: Sender, now: datetime) -> Any:
    """A function: address → the link's token and the code in the last mail."""

    def ask(address: str = "rosa@example.org", at: datetime = now) -> tuple[str, str]:
        sign_in.request(address=address, sender=sender, link_url=lambda token: f"https://x.example/s/{token}", now=at)
        mail = email.message_from_bytes(bytes(SingleMail.objects.latest("pk").raw), policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
        return re.search(r"/s/(\S+)", text)[1], re.search(r"^(\d{6})\r?$", text, re.M)[1]  # type: ignore[index]

    return ask


def test_the_mail_speaks_the_readers_language_and_the_answer_that_of_the_page(
    reader: Subscriber, sender: Sender, now: datetime
) -> None:
    Subscriber.objects.filter(pk=reader.pk).update(language="fr")

    def asked(address: str) -> sign_in.Asked:
        return sign_in.request(address=address, sender=sender, link_url=lambda token: f"https://x.example/s/{token}", now=now)

    assert asked("rosa@example.org").subject == asked("rita@example.org").subject
    mail = email.message_from_bytes(bytes(SingleMail.objects.get().raw), policy=email.policy.default)
    assert mail["Subject"] == "Connexion à The Courier"
    assert '<html lang="fr"' in mail.get_body(("html",)).get_content()  # type: ignore[attr-defined]


def test_a_link_signs_in_once(ask: Any, reader: Subscriber, now: datetime) -> None:
    token, _ = ask()
    assert sign_in.peek(token=token, now=now)
    assert sign_in.by_token(token=token, now=now) == reader
    assert not sign_in.peek(token=token, now=now)
    with pytest.raises(NotSignedIn):
        sign_in.by_token(token=token, now=now)


def test_a_code_signs_in_once_and_uses_up_the_link(ask: Any, reader: Subscriber, now: datetime) -> None:
    token, code = ask()
    assert sign_in.by_code(address="ROSA@example.org", code=f" {code[:3]} {code[3:]}", now=now) == reader
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=code, now=now)
    with pytest.raises(NotSignedIn):
        sign_in.by_token(token=token, now=now)


def test_both_lapse_after_a_quarter_of_an_hour(ask: Any, now: datetime) -> None:
    token, code = ask()
    late = now + timedelta(minutes=15)
    with pytest.raises(NotSignedIn):
        sign_in.by_token(token=token, now=late)
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=code, now=late)


def test_five_wrong_codes_close_the_way_of_codes_also_for_new_ones(ask: Any, reader: Subscriber, now: datetime) -> None:
    _, code = ask()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in.by_code(address="rosa@example.org", code=wrong, now=now)
    token, fresh = ask(at=now + timedelta(minutes=2))
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=fresh, now=now + timedelta(minutes=2))
    assert sign_in.by_token(token=token, now=now + timedelta(minutes=2)) == reader
    _, tomorrow = ask(at=now + timedelta(days=1, minutes=5))
    assert sign_in.by_code(address="rosa@example.org", code=tomorrow, now=now + timedelta(days=1, minutes=6)) == reader


def test_a_right_code_does_not_reset_the_count_of_wrong_ones(ask: Any, reader: Subscriber, now: datetime) -> None:
    _, code = ask()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(4):
        with pytest.raises(NotSignedIn):
            sign_in.by_code(address="rosa@example.org", code=wrong, now=now)
    assert sign_in.by_code(address="rosa@example.org", code=code, now=now) == reader
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=wrong, now=now)
    _, fresh = ask()
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=fresh, now=now)


@pytest.mark.parametrize("code", ["", "0", "0e0000", "true", "null", "[]", "٠٠٠٠٠٠", "\0", "9" * 10_000])
def test_odd_codes_are_wrong_codes(ask: Any, code: str, now: datetime) -> None:
    ask()
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="rosa@example.org", code=code, now=now)


def test_a_code_is_good_for_its_own_address_only(ask: Any, make_subscriber: Any, now: datetime) -> None:
    make_subscriber("other@example.org")
    _, code = ask()
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="other@example.org", code=code, now=now)
    with pytest.raises(NotSignedIn):
        sign_in.by_code(address="no address", code=code, now=now)


def test_a_stranger_gets_the_same_answer_and_no_mail(reader: Subscriber, stranger: str, sender: Sender, now: datetime) -> None:
    answers = [sign_in.request(address=who, sender=sender, link_url=str, now=now) for who in ("rosa@example.org", stranger)]
    assert answers[0].subject == answers[1].subject
    assert SingleMail.objects.count() == 1


def test_an_address_gets_five_sign_in_mails_an_hour(ask: Any, now: datetime) -> None:
    for minute in range(20):
        ask(at=now + timedelta(minutes=minute))
    assert SingleMail.objects.count() == 5
    ask(at=now + timedelta(minutes=61))
    assert SingleMail.objects.count() == 6


def test_neither_link_nor_code_is_stored(ask: Any) -> None:
    token, code = ask()
    stored = SignIn.objects.get()
    assert token not in {stored.token_hash, stored.code_hash}
    assert code not in stored.code_hash[:6]
    assert len(stored.code_hash) == 64
