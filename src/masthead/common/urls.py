"""The one table of every public path a mail, feed or page can contain. A path once mailed is a promise for ever.

Those who write links call `path()` or `absolute()`; those who answer them build their routes from `PATHS`. Keys are the names
of the Django routes, too.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

PATHS: dict[str, str] = {
    # the site
    "home": "/",
    "archive": "/issues/",
    "archive_year": "/issues/year/{year}/",
    "issue": "/issues/{number}/",
    "issue_language": "/issues/{number}/{language}/",
    "as_sent": "/issues/{number}/as-sent/",
    "as_sent_language": "/issues/{number}/{language}/as-sent/",
    "short": "/{number}",
    "feed_atom": "/feed.atom",
    "feed_rss": "/feed.rss",
    "feed_json": "/feed.json",
    "feed_atom_language": "/{language}/feed.atom",
    "feed_rss_language": "/{language}/feed.rss",
    "feed_json_language": "/{language}/feed.json",
    "feed_atom_archive": "/feed/archive/{document}.atom",
    "feed_rss_archive": "/feed/archive/{document}.rss",
    "feed_json_archive": "/feed/archive/{document}.json",
    "feed_atom_archive_language": "/{language}/feed/archive/{document}.atom",
    "feed_rss_archive_language": "/{language}/feed/archive/{document}.rss",
    "feed_json_archive_language": "/{language}/feed/archive/{document}.json",
    "sitemap": "/sitemap.xml",
    "robots": "/robots.txt",
    "theme": "/theme/{name}.css",
    "media": "/m/{name}",
    "share_mastodon": "/share/mastodon/{number}/",
    # readers
    "subscribe": "/subscribe/",
    "subscribe_script": "/subscribe/form.js",
    "subscribe_challenge": "/subscribe/challenge",
    "sign_up_form": "/subscribe/{form}/",
    "confirm": "/c/{token}",
    "sign_in": "/sign-in/",
    "sign_in_link": "/s/{token}",
    "passkey_sign_in": "/sign-in/passkey/",
    "account": "/account/",
    "passkeys": "/account/passkeys/",
    "passkey_remove": "/account/passkeys/remove/",
    "account_tracking": "/account/tracking/",
    "account_data": "/account/data/",
    "account_address": "/account/address/",
    "account_erase": "/account/erase/",
    "forward": "/account/forward/{number}/",
    "sign_out": "/account/sign-out/",
    "address": "/a/{token}",
    # from a mail, without signing in
    "unsubscribe": "/u/{token}",
    "preferences": "/p/{token}",
    "forward_stop": "/f/{token}",
    "stay": "/k/{token}",
    "link": "/l/{token}/{number}",
    "opened": "/o/{token}.gif",
    # what a mail provider posts to: a promise too, for it stands in the provider's settings
    "webhook": "/hooks/{token}",
}


def path(name: str, /, **values: str | int) -> str:
    """The path of `name` with `values` filled in, percent-encoded (RFC 3986).

    Raises KeyError for a name that is not in the table.
    """
    return PATHS[name].format(**{key: quote(str(value), safe="") for key, value in values.items()})


def absolute(base: str, name: str, /, **values: str | int) -> str:
    """`path()` on `base`, a publication's address without a slash at its end."""
    return base.rstrip("/") + path(name, **values)


def local_file(url: str, *, base: str) -> str:
    """`url` from the root of the host when it is a file of the publication at `base` ("/m/…"), else `url` itself.

    The path of `base` is kept: on https://x.example/courier it is "/courier/m/…".
    """
    base = base.rstrip("/")
    if not url.startswith(base + PATHS["media"].partition("{")[0]):
        return url
    return urlsplit(base).path + url.removeprefix(base)
