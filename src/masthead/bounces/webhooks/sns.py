"""Amazon SNS, by which SES posts: signatures over named fields, and a subscription that has to be confirmed.

Certificates come only from Amazon's own hosts, and a subscription is confirmed only for the topic that a person entered.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from masthead.bounces.webhooks.proofs import Post, Unproven
from masthead.common.fetching import FetchError, fetch

_HOST = r"https://sns\.[a-z0-9-]{2,30}\.amazonaws\.com(?:\.cn)?/"
_CERTIFICATE = re.compile(_HOST + r"SimpleNotificationService-[0-9a-zA-Z]{1,100}\.pem")
_CONFIRMATION = re.compile(_HOST + r"\?[A-Za-z0-9=&:%._-]{1,1500}")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
#: SNS goes on trying for hours.
_OLDEST = timedelta(days=3)
_CLOCKS_DIFFER = timedelta(minutes=10)


class NotNow(Exception):
    """Amazon's certificate could not be had: the post cannot be checked yet and should come again."""


def prove(post: Post, secret: str) -> None:
    """The signature holds, and it is about the topic `secret`. Raises Unproven and NotNow."""
    message = parse(post.body)
    if message.get("TopicArn") != secret:
        raise Unproven("It is about another topic.")
    names = _SIGNED.get(str(message.get("Type")))
    url, version = str(message.get("SigningCertURL")), str(message.get("SignatureVersion"))
    if names is None or version not in {"1", "2"} or not _CERTIFICATE.fullmatch(url):
        raise Unproven("It is no message of Amazon SNS.")
    _must_be_fresh(post, str(message.get("Timestamp")))
    signed = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303  the topic's setting
    try:
        signature = b64decode(str(message.get("Signature")), validate=True)
        key = x509.load_pem_x509_certificate(certificate(url)).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise Unproven("The certificate has a key of another kind.")
        key.verify(signature, signed.encode(), padding.PKCS1v15(), digest)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise Unproven("The signature is not Amazon's.") from error


def parse(body: bytes) -> dict[str, Any]:
    """The message of SNS. Raises Unproven."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unproven("The body is no JSON.") from error
    if not isinstance(found, dict):
        raise Unproven("It is no message of Amazon SNS.")
    return found


@lru_cache(maxsize=16)
def certificate(url: str) -> bytes:
    """The certificate at `url`, kept in memory: its address changes with it. Raises NotNow."""
    try:
        page = fetch(url, most_bytes=50_000, seconds=8)
    except FetchError as error:
        raise NotNow(f"Amazon's certificate cannot be fetched. {error}") from error
    if page.status != 200:
        raise NotNow(f"Amazon's certificate cannot be fetched: status {page.status}.")
    return page.body


def confirm(message: dict[str, Any]) -> None:
    """Confirm the subscription that a proven `message` asks about. Raises Unproven and NotNow."""
    url = str(message.get("SubscribeURL"))
    if not _CONFIRMATION.fullmatch(url):
        raise Unproven("The address to confirm the subscription at is not Amazon's.")
    try:
        page = fetch(url, most_bytes=100_000, seconds=20)
    except FetchError as error:
        raise NotNow(f"The subscription cannot be confirmed; request it again at Amazon SNS. {error}") from error
    if page.status != 200:
        raise NotNow(f"The subscription cannot be confirmed: Amazon answered with status {page.status}.")


def _must_be_fresh(post: Post, timestamp: str) -> None:
    try:
        age = post.at - datetime.fromisoformat(timestamp)
    except (ValueError, TypeError) as error:
        raise Unproven("The time is missing.") from error
    if not -_CLOCKS_DIFFER <= age <= _OLDEST:
        raise Unproven("It was signed too long ago, or the clocks of the two servers differ.")
