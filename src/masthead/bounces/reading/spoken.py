"""What the refusing server said, within the words of the program that reports it: its own words come before a form letter's."""

from __future__ import annotations

import re

#: What announces it, in the programs' own fixed words.
_ANNOUNCED = re.compile(
    r"\b(?:remote (?:host|server|system|mta|mail server)|host|server|mta|it|mailer|destination) "
    r"(?:said|responded|replied|returned|answered|response|reply|reported)(?: with| was)?\s*[:=]\s*|"
    r"\bhost \S{1,255}(?: ?\[[0-9a-f.:]{3,45}\])? (?:said|responded|replied):\s*|"
    r"error from remote (?:mail ?server|mailer|host)[^\n]{0,300}?(?:\n\s{0,40}host [^\n]{0,200}?)?:\s+(?=[245]\d\d\b)|"
    r"(?:response|answer|reply|error|error message) (?:from|of|by) (?:the )?"
    r"(?:remote|other|recipient'?s?|receiving|destination|mail) (?:mail )?(?:server|system|host|mta)(?: was| is)?\s*:\s*|"
    r"(?:error|response|message) (?:that )?the (?:other|remote) server (?:returned|gave|sent)(?: was)?\s*:\s*|"
    r"^\s{0,8}(?:the response (?:from the remote server )?was|additional information follows|a resposta foi|la réponse était|"
    r"la respuesta fue|die antwort lautete?|la risposta è stata|het antwoord was)\s*:\s*(?:-- )?|"
    r"^<<< (?=[45]\d\d)|^[ \t]{0,8}(?:[\w :.-]{8,30}: )?<-- (?=[45]\d\d)|"
    r"antwort des (?:remote|entfernten |gegen|empf)\S{0,20} ?\S{0,20}(?: lautete?| war)?\s*:\s*|"
    r"réponse du serveur(?: distant)?(?: était| a été)?\s*:\s*|respuesta del servidor(?: remoto)?(?: fue)?\s*:\s*|"
    r"risposta (?:dal|del) server(?: remoto)?(?: è stata| era)?\s*:\s*|resposta do servidor(?: remoto)?(?: foi)?\s*:\s*",
    re.I | re.M,
)
#: A server that asked back about the sender before it refused.
_ABOUT_SENDER = re.compile(r"sender (?:address|verif|callout)|verification failed for", re.I)
_ENDS = re.compile(r"\n[ \t>|]*\n|\n\s*(?:giving up on|-{3,}|>>> |--> |={3,})", re.I)
_LONGEST = 1500


def of(notice: str) -> str:
    """The server's words in `notice`, all that are announced as such, or ""."""
    said: list[str] = []
    end = 0
    for found in _ANNOUNCED.finditer(notice):
        if found.end() < end or _ABOUT_SENDER.search(notice, max(0, found.start() - 200), found.start()):
            continue
        rest = notice[found.end() : found.end() + _LONGEST]
        stop = _ENDS.search(rest)
        words = rest[: stop.start()] if stop else rest
        end = found.end() + len(words)
        if words.strip():
            said.append(words.strip())
        if len(said) == 8:
            break
    return "\n".join(said)
