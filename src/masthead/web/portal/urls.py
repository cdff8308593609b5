"""The addresses of a reader's own pages. `/u/` is in `web.hooks`, which mail programs share."""

from __future__ import annotations

from masthead.web.budgets import TOKENS
from masthead.web.forms import by_token
from masthead.web.limits import spends
from masthead.web.portal import from_mail
from masthead.web.portal.account import (
    account,
    account_address,
    account_data,
    account_erase,
    account_tracking,
    new_address,
)
from masthead.web.portal.forwarding import forward, forward_stop
from masthead.web.portal.passkeys import passkey_remove, passkey_sign_in, passkeys
from masthead.web.portal.sign_up import confirm, sign_up_form, subscribe
from masthead.web.portal.sign_up_script import challenge, script
from masthead.web.portal.signing_in import sign_in, sign_in_link, sign_out
from masthead.web.portal.staying import stay
from masthead.web.routes import route

urlpatterns = [
    route("subscribe", subscribe),
    route("subscribe_script", script),
    route("subscribe_challenge", challenge),
    route("sign_up_form", sign_up_form),
    route("confirm", confirm),
    route("sign_in", sign_in),
    route("sign_in_link", sign_in_link),
    route("sign_out", sign_out),
    route("passkey_sign_in", passkey_sign_in),
    route("account", account),
    route("passkeys", passkeys),
    route("passkey_remove", passkey_remove),
    route("account_tracking", account_tracking),
    route("account_data", account_data),
    route("account_address", account_address),
    route("account_erase", account_erase),
    route("address", new_address),
    route("forward", forward),
    route("forward_stop", forward_stop),
    route("stay", stay),
    route("preferences", by_token(spends(TOKENS)(from_mail.preferences))),
]
