"""The links of an edition: made absolute, refused where they lead nowhere safe, numbered as they appear."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass
class Links:
    """The addresses of one medium. Relative ones are taken from `base`."""

    base: str
    numbers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def resolve(self, url: str) -> str:
        """`url`, absolute and percent-encoded where needed; "" if its scheme may not be linked or it is no address at all."""
        if not url.strip():
            return ""
        try:
            joined = urljoin(self.base, "".join(url.split()))
            parts = urlsplit(joined)
        except ValueError:
            return ""
        if parts.scheme.lower() not in _SCHEMES or (parts.scheme.lower() in {"http", "https"} and not parts.hostname):
            return ""
        # Braces could be taken for a slot; quotes and angle brackets end addresses in plain text.
        return quote(joined, safe=":/?#[]@!$&'()*+,;=%~-._")

    def add(self, url: str, text: str) -> str:
        """`resolve(url)`, numbered at its first appearance under `text`."""
        resolved = self.resolve(url)
        if resolved and resolved not in self.numbers:
            self.numbers[resolved] = len(self.numbers) + 1
            self.name(resolved, text)
        return resolved

    def name(self, resolved: str, text: str) -> None:
        """Say what a link shows, once its words are known."""
        self.texts[resolved] = self.texts.get(resolved) or " ".join(text.split())[:200]

    def as_list(self) -> list[dict[str, str | int]]:
        """As an Edition keeps them: [{"number": 1, "url": "https://…", "text": "…"}]."""
        return [{"number": number, "url": url, "text": self.texts[url]} for url, number in self.numbers.items()]
