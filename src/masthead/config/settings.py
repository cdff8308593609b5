"""Django's settings, computed from the environment. Every operator's choice is declared here, once, with its help."""

from __future__ import annotations

import re
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from masthead.config import environment as env
from masthead.config import folder

DATA = Path(env.text("DATA", "masthead-data", help="The folder that holds all state of an embedded install.")).resolve()

folder.make(DATA)

# --- secrets ---------------------------------------------------------------------------------------------------

SECRET_KEY = folder.kept_secret(
    DATA / "session.key", env.text("SECRET_KEY", help="Signs sessions. Made and kept in the data folder when empty.", secret=True)
).decode()
#: Keys the links in mails and the fingerprints of addresses. It must survive: with another key every link ever mailed is dead.
TOKEN_KEY = folder.kept_secret(
    DATA / "token.key",
    env.text(
        "TOKEN_KEY",
        help="Keys every link in a mail. Made and kept in the data folder when empty; losing it kills the links.",
        secret=True,
    ),
)

# --- web -------------------------------------------------------------------------------------------------------

DEBUG = env.switch("DEBUG", False, help="Show error details in the browser. Never on a public server.")
BIND_HOST = env.text("HOST", "127.0.0.1", help="Address `masthead serve` listens on.")
BIND_PORT = env.number("PORT", 8000, least=1, most=65535, help="Port `masthead serve` listens on.")


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be an address such as https://news.example.org")
    if parts.query or parts.fragment:
        raise ValueError("it must have no ? and no #")
    return value.rstrip("/")


BASE_URL = env.parsed(
    "BASE_URL",
    f"http://127.0.0.1:{BIND_PORT}",
    _base_url,
    help="The public address of this install, for the desk and for publications without one of their own.",
)
#: Hosts are checked by our own middleware, which also knows the addresses of the publications (masthead.web.hosts).
ALLOWED_HOSTS = ["*"]
EXTRA_HOSTS = env.words("ALLOWED_HOSTS", "", help="More host names to answer, separated by commas.")
BEHIND_PROXY = env.switch("BEHIND_PROXY", False, help="Trust X-Forwarded-Proto and X-Forwarded-For of the proxy in front.")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
_HTTPS = BASE_URL.startswith("https://")

KEEP_PAGES = env.switch(
    "KEEP_PAGES", True, help="Keep finished public pages in memory until something shown changes. Off: make each anew."
)

ROOT_URLCONF = "masthead.config.urls"
ASGI_APPLICATION = "masthead.config.asgi.application"
WSGI_APPLICATION = "masthead.config.wsgi.application"

# --- store -----------------------------------------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    if not url:
        if sqlite3.sqlite_version_info < (3, 38):  # unixepoch() and ->> are younger than that
            raise ValueError(
                f"the SQLite of this Python is {sqlite3.sqlite_version}, and 3.38 is needed; name a PostgreSQL instead"
            )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "masthead.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL, not NORMAL: the ledger must survive power loss, not only kill -9. The file is not mapped into memory:
                # with a million readers that and a larger cache were 330 MB, and no faster.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;",
            },
        }
    try:
        found = dj_database_url.parse(url, conn_max_age=0)  # each request has a thread of its own, and would leave it behind
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise ValueError("it must look like postgresql://user:password@host:5432/name") from error
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError("it must be a postgresql:// address; leave it empty for the embedded SQLite")
    # We notice that the server is gone, and it that a worker is, or stands still in a transaction: its locks are let go of.
    ours = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 40_000}
    theirs = "-c idle_in_transaction_session_timeout=40s -c tcp_user_timeout=40s -c tcp_keepalives_idle=20"
    theirs += " -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
    found["OPTIONS"] = {**ours, "options": theirs, **found.get("OPTIONS", {})}
    return dict(found)


DATABASES = {
    "default": env.parsed(
        "DATABASE_URL",
        "",
        _database,
        secret=True,
        help="postgresql://user:password@host:5432/name. Empty: SQLite in the data folder.",
    )
}
EMBEDDED = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- mail ------------------------------------------------------------------------------------------------------


def _smtp_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("it must look like smtp://user:password@host:587 or smtps://user:password@host:465")
    if parts.port == 0:
        raise ValueError("its port cannot be 0")
    return value


SMTP_URL = env.parsed(
    "SMTP_URL",
    "",
    _smtp_url,
    secret=True,
    help="The relay: smtp://user:password@host:587 (STARTTLS where offered) or smtps:// (TLS from the start). "
    "Empty: what the desk says, at first the built-in inbox.",
)
SMTP_CONNECTIONS = env.number(
    "SMTP_CONNECTIONS", 10, least=1, most=500, help="Connections of each worker to the relay at the same time."
)
_ALL_WORKERS = "by MASTHEAD_SMTP_URL, all workers together. 0: no limit."
SMTP_PER_SECOND = env.number("SMTP_PER_SECOND", 0, most=10**6, help=f"At most so many mails a second {_ALL_WORKERS}")
SMTP_PER_MINUTE = env.number("SMTP_PER_MINUTE", 0, most=10**8, help=f"At most so many mails a minute {_ALL_WORKERS}")
SMTP_PER_HOUR = env.number("SMTP_PER_HOUR", 0, most=10**9, help=f"At most so many mails in any 60 minutes {_ALL_WORKERS}")
SMTP_PER_DAY = env.number("SMTP_PER_DAY", 0, most=10**9, help=f"At most so many mails in any 24 hours {_ALL_WORKERS}")
SMTP_CA_FILE = env.text("SMTP_CA_FILE", "", help="PEM file of an own certificate authority for the relay. Empty: the system's.")
BOUNCE_DOMAIN = env.text(
    "BOUNCE_DOMAIN", "", help="Domain of the envelope sender b+TOKEN@…. Empty: the domain of the publication's From address."
)
IMAP_CA_FILE = env.text(
    "IMAP_CA_FILE", "", help="PEM file of an own certificate authority for mailboxes that are read. Empty: the system's."
)
DKIM_KEY_FILE = env.text("DKIM_KEY_FILE", "", help="PEM file of the key that signs bulk mail. Empty: the relay may sign.")
DKIM_DOMAIN = env.text("DKIM_DOMAIN", "", help="The signature's d=, the domain of the From addresses.")
DKIM_SELECTOR = env.text("DKIM_SELECTOR", "", help="The signature's s=, where in DNS the public key stands.")
DNS_SERVERS = env.words(
    "DNS_SERVERS",
    "",
    help="Whom `masthead doctor` asks, separated by commas: 192.0.2.1 or 192.0.2.1:5353. Empty: this machine's resolver.",
)
INBOX_PORT = env.number("INBOX_PORT", 0, most=65535, help="Loopback port of the built-in inbox. 0: any free one.")


def _system_from(base_url: str) -> str:
    """A relay takes only a sender with a domain; an install on a bare address or on this machine has none."""
    host = urlsplit(base_url).hostname or ""
    return f"masthead@{host}" if re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", host) else "masthead@localhost"


# Django's own mail (allauth's among them) goes into our queue of single mails, like everything else.
EMAIL_BACKEND = "masthead.mail.django_backend.QueueBackend"
DEFAULT_FROM_EMAIL = env.text(
    "SYSTEM_FROM", "", help="From address of mails to staff. Empty: masthead@ the host of MASTHEAD_BASE_URL."
)
DEFAULT_FROM_EMAIL = DEFAULT_FROM_EMAIL or _system_from(BASE_URL)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- sending ---------------------------------------------------------------------------------------------------

RANGE_SIZE = env.number("RANGE_SIZE", 5000, least=1, help="Readers in one task of a campaign.")
WORKER_LOST_SECONDS = env.number(
    "WORKER_LOST_SECONDS", 30, least=5, help="A worker silent for this long is taken as lost and its readers are taken over."
)
RETRY_SECONDS = env.number(
    "RETRY_SECONDS", 20, least=1, help="Wait before a reader whose mail was refused for now is tried again; doubled each time."
)

# --- writing ---------------------------------------------------------------------------------------------------

UNCONFIRMED_DAYS = env.number("UNCONFIRMED_DAYS", 7, least=7, most=365, help="Days a sign-up may wait for its confirmation.")
TRACKING_DAYS = env.number("TRACKING_DAYS", 90, least=1, most=365, help="Days it is kept what readers who agreed opened.")
CHECK_LINKS = env.switch("CHECK_LINKS", True, help="Ask the sites that an issue links to whether the pages are there.")

# --- tasks -----------------------------------------------------------------------------------------------------

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend" if EMBEDDED else "masthead.cli.procrastinate_backend.ProcrastinateBackend",
        "QUEUES": ["default", "bulk", "mail", "maint"],
    }
}
PROCRASTINATE_ON_APP_READY = "masthead.cli.procrastinate_backend.register"
#: Recurring work, one table for both engines: cron with seconds (sixth field), then a task.
PERIODIC = [
    ("* * * * * */10", "masthead.delivery.tasks.sweep"),
    ("* * * * * */20", "masthead.mail.tasks.sweep"),
    ("* * * * * */30", "masthead.bounces.tasks.sweep"),
    ("* * * * * 40", "masthead.bounces.tasks.poll_mailboxes"),
    ("* * * * * 20", "masthead.audience.tasks.reconfirm"),
    ("17 3 * * *", "masthead.audience.tasks.housekeeping"),
    ("27 3 * * *", "masthead.bounces.tasks.housekeeping"),
    ("37 3 * * *", "masthead.forwarding.tasks.housekeeping"),
    ("47 0 * * *", "masthead.tracking.tasks.housekeeping"),
]

# --- applications ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "masthead.web.admin",  # before Wagtail: its templates win
    "masthead.web.site",
    "masthead.web.portal",
    "masthead.web.hooks",
    "masthead.bounces",
    "masthead.forwarding",
    "masthead.tracking",
    "masthead.delivery",
    "masthead.issues",
    "masthead.audience",
    "masthead.mail",
    "masthead.team",
    "masthead.audit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    *(["django_tasks_db"] if EMBEDDED else ["procrastinate.contrib.django"]),
]

MIDDLEWARE = [
    "masthead.web.keeping.KeptPagesMiddleware",
    "masthead.web.middleware.KnownHostMiddleware",
    "masthead.web.middleware.PublicationPathMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "masthead.web.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "masthead.web.middleware.AreaMiddleware",
    "django.middleware.common.CommonMiddleware",
    "masthead.web.middleware.AreaCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "masthead.web.admin.own_language.OwnLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "masthead.web.admin.refusals.MissingRightMiddleware",
    "masthead.web.admin.own_publications.OwnPublicationsMiddleware",
    "masthead.web.admin.local_digits.LocalDigitsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [f"masthead.web.admin.templatetags.{name}" for name in ("desk_dates", "desk_numbers")],
        },
    }
]

# --- sign-in ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["masthead.web.admin.backends.DeskBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"masthead.team.passphrases.{rule}"} for rule in ("UnlikeOneself", "LongEnough", "Unusual")]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER, MFA_ADAPTER = "masthead.team.sign_in.StaffAdapter", "masthead.team.sign_in.FactorAdapter"
_ASKED_BY = {"login": "SignIn", "reauthenticate": "FreshSignIn", "reset_password": "Forgotten"}
_ASKED_BY |= {"change_password": "Change", "reset_password_from_key": "AfterReset"}
ACCOUNT_FORMS = {name: f"masthead.team.passphrases.{form}" for name, form in _ASKED_BY.items()}
ACCOUNT_EMAIL_VERIFICATION = "none"  # staff are invited: the invitation went to that address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # every other session ends by User.get_session_auth_hash
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "masthead.team.sign_in.CodeForm",
    "reauthenticate": "masthead.team.sign_in.CodeAgainForm",
    "add_webauthn": "masthead.team.sign_in.AddKeyForm",
    "edit_webauthn": "masthead.team.sign_in.RenameKeyForm",
}
MFA_TOTP_ISSUER = "Masthead"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "__Host-masthead" if _HTTPS else "masthead"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "masthead.web.site.errors.csrf_failure"
CSRF_COOKIE_SECURE = _HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

# --- languages and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("de", "Deutsch"), ("ar", "العربية"), ("fa", "فارسی")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
FORMAT_MODULE_PATH = ["masthead.config.formats"]
TIME_ZONE = "UTC"

# --- files -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/desk/files/"  # the library is served to staff only; what a mail shows is frozen under /m/
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if (STATIC_ROOT / "staticfiles.json").exists()
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- the desk's shell ------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Masthead"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 2**20
WAGTAILIMAGES_IMAGE_FORM_BASE = "masthead.web.admin.writing.pictures.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "epub", "txt", "xlsx", "mp3"]
WAGTAILDOCS_SERVE_METHOD = "direct"  # to staff, by web.admin.library
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- log -------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"), help="How much is logged (to standard error).")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"masthead": {"level": LOG_LEVEL}, "django.request": {"level": "ERROR"}},
}
