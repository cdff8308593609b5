"""Why no session could be opened, each in one sentence: what is so, in the server's own words, and which setting helps.

The settings have the names of the form in the desk; the command line has an option for each, and MASTHEAD_SMTP_URL a place.
"""

from __future__ import annotations

import os
import socket
import ssl

from django.utils.translation import gettext as _

from masthead.mail.transports.base import ConnectFailed, Reply, Stage, TransportConfig
from masthead.mail.transports.smtp.wire import WireError

#: X509_V_ERR_… of OpenSSL: not yet valid, expired; made for another host name or address.
_WRONG_TIME = frozenset({9, 10})
_WRONG_NAME = frozenset({62, 64})
#: What OpenSSL makes of a server that speaks first, or speaks anything else than TLS.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_OLD_TLS = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION"})
#: How servers of other kinds begin.
_OTHERS = ((b"* ", "IMAP"), (b"+OK", "POP3"), (b"HTTP/", "HTTP"), (b"SSH-", "SSH"))
_TLS_ALERT = b"\x15\x03"  # RFC 8446 §5.1
_MOST_WORDS = 60


def not_connected(config: TransportConfig, error: Exception, seconds: float) -> ConnectFailed:
    """The name is not known, nobody listens, nobody answered within `seconds`, or the encryption failed."""
    facts: dict[str, object] = {"host": config.host, "port": config.port, "setting": _named(config)}
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return not_encrypted(config, error, "connect")
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        words = _(
            "The host name %(host)s could not be looked up (%(why)s): check its spelling%(setting)s, and this machine's DNS."
        )
        facts["why"] = error.strerror
    elif isinstance(error, socket.gaierror | UnicodeError):
        words = _("The host name %(host)s is not known: check its spelling%(setting)s.")
    elif isinstance(error, ConnectionRefusedError):
        words = _(
            "Port %(port)s of %(host)s is closed (the connection was refused): check host and port%(setting)s; mail is usually"
            " taken on 587 or 465."
        )
    elif isinstance(error, TimeoutError):
        words = _(
            "%(host)s did not answer on port %(port)s within %(seconds)g s: check host and port%(setting)s, and whether a"
            " firewall is in between."
        )
        facts["seconds"] = seconds
    elif isinstance(error, ConnectionError) and config.security == "tls":
        return not_encrypted(config, error, "connect")
    else:
        words = _(
            "There is no way to %(host)s, port %(port)s (%(why)s): check host and port%(setting)s, and this machine's network."
        )
        facts["why"] = _system_words(error)
    return ConnectFailed(words % facts, stage="connect")


def not_running(config: TransportConfig) -> ConnectFailed:
    """The built-in inbox has never listened."""
    words = _("%(name)s is not running, so that it has no port: it belongs to masthead serve and masthead worker.")
    return ConnectFailed(words % {"name": config.name}, stage="connect")


def not_encrypted(config: TransportConfig, error: Exception, stage: Stage) -> ConnectFailed:
    """No TLS, or a certificate that does not prove anything."""
    facts: dict[str, object] = {"host": config.host, "port": config.port, "setting": _named(config), "why": _system_words(error)}
    permanent = True
    if isinstance(error, ssl.SSLCertVerificationError):
        facts["why"] = error.verify_message.rstrip(".")
        if error.verify_code in _WRONG_NAME:
            words = _(
                "The certificate of %(host)s is for another name (%(why)s): write the host as its certificate has it%(setting)s."
            )
        elif error.verify_code in _WRONG_TIME:
            words = _(
                "The certificate of %(host)s is out of date (%(why)s): its operator must renew it, or this machine's clock is"
                " wrong."
            )
        else:
            words = _(
                "The certificate of %(host)s cannot be trusted (%(why)s): check the host%(setting)s; for an authority of your own"
                " name its file in MASTHEAD_SMTP_CA_FILE."
            )
    elif isinstance(error, ssl.SSLError) and getattr(error, "reason", "") in _NO_TLS:
        words = _("Port %(port)s of %(host)s does not speak TLS from the start: choose %(starttls)s, or check host and port.")
        facts["starttls"] = "smtp://, " + _("in MASTHEAD_SMTP_URL") if _by_environment(config) else _("STARTTLS as encryption")
    elif isinstance(error, ssl.SSLError) and getattr(error, "reason", "") in _OLD_TLS:
        words = _("%(host)s offers no encryption that is new enough, TLS 1.2 at least (%(why)s): its operator must update it.")
    else:
        permanent = False
        words = _(
            "No encryption could be agreed with %(host)s on port %(port)s (%(why)s): check host, port and encryption%(setting)s."
        )
    return ConnectFailed(words % facts, stage=stage, permanent=permanent)


def no_answer(config: TransportConfig, stage: Stage, error: WireError) -> ConnectFailed:
    """What came is no SMTP, or nothing came."""
    facts: dict[str, object] = {"host": config.host, "port": config.port, "setting": _named(config), "why": error}
    other = next((name for start, name in _OTHERS if error.line.startswith(start)), "") if stage == "greeting" else ""
    if other:
        words = _(
            "Port %(port)s of %(host)s belongs to a server of another kind, %(kind)s (it said “%(said)s”): check the"
            " port%(setting)s; mail is usually taken on 587 or 465."
        )
        facts |= {"kind": other, "said": error.line.decode("ascii", "replace")[:_MOST_WORDS]}
    elif stage == "greeting" and config.security != "tls" and (not error.line or error.line.startswith(_TLS_ALERT)):
        words = _(
            "%(host)s did not greet us on port %(port)s as a mail server does (%(why)s): if the port wants TLS from the start, as"
            " 465 does, choose %(tls)s; else check host and port."
        )
        facts["tls"] = "smtps://, " + _("in MASTHEAD_SMTP_URL") if _by_environment(config) else _("TLS as encryption")
    elif stage == "greeting":
        words = _("%(host)s did not greet us on port %(port)s as a mail server does (%(why)s): check host and port%(setting)s.")
    elif stage == "ehlo":
        words = _(
            "%(host)s did not answer our EHLO on port %(port)s as a mail server does (%(why)s): check host and port%(setting)s."
        )
    elif stage == "starttls":
        words = _(
            "%(host)s did not begin encryption on port %(port)s (%(why)s): check the port, or choose its port for TLS, often 465."
        )
    else:
        words = _("%(host)s did not answer the sign-in (%(why)s): if it stays so, ask its operator.")
    return ConnectFailed(words % facts, stage=stage)


def refused(config: TransportConfig, stage: Stage, reply: Reply) -> ConnectFailed:
    """It is a mail server, and it said no."""
    facts: dict[str, object] = {"host": config.host, "setting": _named(config), "why": _said(reply), "helo": config.helo}
    if stage == "greeting" and reply.temporary:
        words = _("%(host)s has no time for us now (%(why)s): it is worth trying again later, with fewer connections.")
    elif stage == "greeting":
        words = _("%(host)s does not talk to this machine (%(why)s): only its operator can let it in.")
    elif stage == "ehlo":
        words = _("%(host)s refused us by the name %(helo)s (%(why)s): the name is that of MASTHEAD_BASE_URL.")
    elif stage == "starttls":
        words = _("%(host)s refused to begin encryption (%(why)s): choose its port for TLS, often 465, or ask its operator.")
    elif reply.temporary:
        words = _("%(host)s cannot check user and password now (%(why)s): it is worth trying again later.")
    else:
        words = _("%(host)s refused the user or the password (%(why)s): check both%(setting)s.")
    return ConnectFailed(words % facts, stage=stage, permanent=reply.permanent, reply=reply)


def no_starttls(config: TransportConfig) -> ConnectFailed:
    """Encryption is asked for and not offered."""
    words = _(
        "%(host)s offers no encryption (STARTTLS) on port %(port)s: choose TLS as encryption and its port for that, often 465."
    )
    return ConnectFailed(words % {"host": config.host, "port": config.port}, stage="starttls", permanent=True)


def password_in_clear(config: TransportConfig) -> ConnectFailed:
    """Neither encrypted nor on this machine."""
    words = _(
        "The connection to %(host)s is not encrypted, so the password was not sent: choose %(tls)s, with a port that offers it,"
        " often 465."
    )
    tls = "smtps://, " + _("in MASTHEAD_SMTP_URL") if _by_environment(config) else _("TLS as encryption")
    return ConnectFailed(words % {"host": config.host, "tls": tls}, stage="auth", permanent=True)


def no_sign_in(config: TransportConfig, offered: frozenset[str]) -> ConnectFailed:
    """A user is configured, and none of our ways to sign in is offered."""
    facts = {"host": config.host, "port": config.port, "setting": _named(config), "offered": ", ".join(sorted(offered))}
    if offered:
        words = _(
            "%(host)s offers no sign-in that Masthead knows, PLAIN or LOGIN (it offers %(offered)s): ask its operator for one, or"
            " for another port."
        )
    else:
        words = _(
            "%(host)s offers no sign-in on port %(port)s: leave user and password empty%(setting)s, or use its port for signing"
            " in, often 587 or 465."
        )
    return ConnectFailed(words % facts, stage="auth", permanent=True)


def no_authorities(config: TransportConfig, error: Exception) -> ConnectFailed:
    """The file of MASTHEAD_SMTP_CA_FILE is of no use."""
    words = _(
        "The certificate authorities of MASTHEAD_SMTP_CA_FILE, %(file)s, cannot be read (%(why)s): name a file in PEM format."
    )
    return ConnectFailed(words % {"file": config.ca_file, "why": _system_words(error)}, stage="connect", permanent=True)


def _by_environment(config: TransportConfig) -> bool:
    return config.kind == "smtp" and config.name == "MASTHEAD_SMTP_URL"


def _named(config: TransportConfig) -> str:
    """Where the setting stands, when that is not the form in front of the reader's eyes."""
    return " " + _("in MASTHEAD_SMTP_URL") if _by_environment(config) else ""


def _said(reply: Reply) -> str:
    return " / ".join(str(reply).splitlines()).rstrip(".")


def _system_words(error: Exception) -> str:
    """The system's own words. Those of asyncio name an address instead of a reason, and some errors have none."""
    if isinstance(error, ssl.SSLError):
        return (getattr(error, "reason", "") or "").replace("_", " ").lower() or str(error)
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error) or _("it closed the connection")
