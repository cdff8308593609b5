"""Why a mail comes back, in a few words for people; `reading.finding` says each in a sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "userunknown": _("no such mailbox"),
    "hostunknown": _("no such domain"),
    "hasmoved": _("moved for good"),
    "notaccept": _("the domain takes no mail"),
    "suspend": _("mailbox suspended"),
    "filtered": _("refused by the reader’s own rules"),
    "onhold": _("held back by the receiver"),
    "mailboxfull": _("mailbox full"),
    "mesgtoobig": _("mail too big"),
    "exceedlimit": _("exceeds a limit of the receiver"),
    "spamdetected": _("taken for spam"),
    "virusdetected": _("taken for harmful"),
    "contenterror": _("content not allowed"),
    "notcompliantrfc": _("breaks a rule of the mail format"),
    "blocked": _("our server is blocked"),
    "rejected": _("our sender address is refused"),
    "badreputation": _("our reputation is too low"),
    "authfailure": _("SPF, DKIM or DMARC failed"),
    "requireptr": _("our server’s name in the DNS does not fit"),
    "policyviolation": _("against a policy of the receiver"),
    "norelaying": _("that server does not take mail for this domain"),
    "securityerror": _("against a rule of security"),
    "failedstarttls": _("could not be encrypted"),
    "suppressed": _("on a provider’s own suppression list"),
    "toomanyconn": _("too much in too little time"),
    "networkerror": _("receiving server out of reach"),
    "systemerror": _("fault of the receiving system"),
    "systemfull": _("receiving system has no room"),
    "mailererror": _("a program of the receiver failed"),
    "syntaxerror": _("a server did not understand"),
    "expired": _("tried for too long"),
    "delivered": _("arrived"),
    "feedback": _("reported by the reader"),
    "vacation": _("a program answered"),
    "undefined": _("not said"),
}
