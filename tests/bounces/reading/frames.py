"""The notices of several programs about one refused recipient, around whatever the refusing server said."""

from __future__ import annotations

import re

_COPY = """\
Return-Path: <news@bounce.example>
From: News <news@bounce.example>
To: {to}
Subject: Issue 7
Message-ID: <1@bounce.example>

Dear reader
"""

_REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.bounce.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: news@bounce.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mx.bounce.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

{notice}

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.bounce.example

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: failed
Status: {status}
Remote-MTA: dns; mx.mailbox.example
Diagnostic-Code: smtp; {reply}

--B1
Content-Type: message/rfc822

{copy}
--B1--
"""

_EXIM = """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mx.bounce.example>
To: news@bounce.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    SMTP error from remote mail server after RCPT TO:<{to}>:
    host mx.mailbox.example [192.0.2.25]: {reply}

------ This is a copy of the message, including all the headers. ------

{copy}"""

_QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@mx.bounce.example
To: news@bounce.example
Subject: failure notice
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hi. This is the qmail-send program at mx.bounce.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
192.0.2.25 does not like recipient.
Remote host said: {reply}
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

{copy}"""

_FORM_LETTER = """\
From: postmaster@mailbox.example
To: news@bounce.example
Subject: Undeliverable: Issue 7
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Your message could not be delivered to the following recipient:

{to}

Reason: {reply}
"""


def fill(text: str, to: str) -> str:
    """A line of the table with the recipient in its places."""
    local, _at, domain = to.partition("@")
    return text.format(to=to, local=local, domain=domain)


def postfix(to: str, reply: str) -> bytes:
    """Postfix, which says that RCPT was answered."""
    return _report(to, reply, f"<{to}>: host mx.mailbox.example[192.0.2.25] said: {reply} (in reply to RCPT TO command)")


def refused_sender(to: str, reply: str) -> bytes:
    """Postfix, which says that MAIL FROM was answered."""
    return _report(to, reply, f"<{to}>: host mx.mailbox.example[192.0.2.25] said: {reply} (in reply to MAIL FROM command)")


def report_alone(to: str, reply: str) -> bytes:
    """A report for programs whose text for people says nothing."""
    return _report(to, reply, f"  {to}")


def exim(to: str, reply: str) -> bytes:
    """Exim's text without a report."""
    return _EXIM.format(to=to, reply=reply, copy=_COPY.format(to=to)).encode()


def qmail(to: str, reply: str) -> bytes:
    """qmail's text without a report."""
    return _QMAIL.format(to=to, reply=reply, copy=_COPY.format(to=to)).encode()


def form_letter(to: str, reply: str) -> bytes:
    """Some gateway's sentences, without report and copy."""
    return _FORM_LETTER.format(to=to, reply=reply).encode()


def _report(to: str, reply: str, notice: str) -> bytes:
    enhanced = re.search(r"\b[245]\.\d{1,2}\.\d{1,3}\b", reply[:60])
    status = enhanced.group() if enhanced else f"{reply[0]}.0.0"
    return _REPORT.format(to=to, reply=reply, notice=notice, status=status, copy=_COPY.format(to=to)).encode()
