"""The models of this package."""

from masthead.audience.models.address_change import AddressChange
from masthead.audience.models.attribute import Attribute
from masthead.audience.models.bulk_action import BulkAction, BulkRow
from masthead.audience.models.confirmation import Confirmation
from masthead.audience.models.consent_event import ConsentEvent, ConsentText
from masthead.audience.models.import_change import ImportChange
from masthead.audience.models.import_run import ImportRun
from masthead.audience.models.list_mail import ListMail
from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.merge import Duplicate, Merge
from masthead.audience.models.passkey import Passkey
from masthead.audience.models.reconfirmation import Question, Reconfirmation
from masthead.audience.models.segment import Segment
from masthead.audience.models.sign_in import SignIn
from masthead.audience.models.sign_up_form import SignUpForm
from masthead.audience.models.subscriber import Subscriber
from masthead.audience.models.subscription import Subscription
from masthead.audience.models.tag import Tag, Tagging
from masthead.audience.models.tally import Tally
from masthead.audience.models.tracking_consent import TrackingConsent

__all__ = [
    "AddressChange",
    "Attribute",
    "BulkAction",
    "BulkRow",
    "Confirmation",
    "ConsentEvent",
    "ConsentText",
    "Duplicate",
    "ImportChange",
    "ImportRun",
    "ListMail",
    "MailingList",
    "Merge",
    "Passkey",
    "Question",
    "Reconfirmation",
    "Segment",
    "SignIn",
    "SignUpForm",
    "Subscriber",
    "Subscription",
    "Tag",
    "Tagging",
    "Tally",
    "TrackingConsent",
]
