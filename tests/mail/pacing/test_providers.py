"""Which provider keeps the mailboxes of a domain."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing.providers import BUILT_IN, Providers

DOMAINS = st.from_regex(r"[a-z]{1,8}\.(example|test)", fullmatch=True)


def test_the_domains_of_one_provider_are_one() -> None:
    table = Providers()
    assert table.of("gmail.com") == table.of("GoogleMail.com.") == "google"
    assert {table.of(each) for each in ("outlook.com", "hotmail.fr", "live.com", "msn.com")} == {"microsoft"}
    assert {table.of(each) for each in ("yahoo.de", "aol.com")} == {"yahoo"}
    assert {table.of(each) for each in ("icloud.com", "me.com", "mac.com")} == {"apple"}
    assert {table.of(each) for each in ("gmx.net", "web.de")} == {"gmx"}


def test_no_domain_is_with_two_providers() -> None:
    domains = [domain for domains in BUILT_IN.values() for domain in domains]
    assert len(domains) == len(set(domains))
    assert domains == [domain.strip().lower() for domain in domains]
    assert not set(domains) & set(BUILT_IN) - {"mail.ru"}


@given(DOMAINS)
def test_an_unknown_domain_is_its_own_provider(domain: str) -> None:
    assert Providers().of(domain.upper() + ".") == domain
    assert Providers().domains(domain) == [domain]


@given(st.dictionaries(st.sampled_from(["google", "porthaven"]), st.lists(DOMAINS, unique=True, max_size=4)))
def test_own_rows_add_domains_and_take_none_away(own: dict[str, list[str]]) -> None:
    table = Providers(own)
    for name, domains in own.items():
        claimed_later = {each for other, more in own.items() if other != name for each in more}
        assert all(table.of(domain) == name for domain in domains if domain not in claimed_later)
    assert table.of("gmail.com") == "google"
    assert "gmail.com" in table.domains("google")
