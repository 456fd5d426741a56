"""Settings. Each environment variable is read here, once, and nowhere else."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.logs import structured_logging

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("BAILU_DATA_DIR", default=str(ROOT / ".data")))
DEBUG = env.bool("DEBUG", default=False)
# A demonstration shows its accounts, its mails and what stands in for a missing server.
DEMO = env.bool("BAILU_DEMO", default=False)
STANDINS = env.list("BAILU_STANDINS", default=[])
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
# True where TLS ends in front of the web server.
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)

# Personal data at rest: comma-separated "id:base64 of 32 bytes"; the first key seals, every key opens.
FIELD_KEYS = env.list("FIELD_KEYS")
# Base64 of 32 bytes; keys the blind index by which equal numbers are found without opening them.
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY")

INSTALLED_APPS = [
    "accounts",
    "forms",
    "storage",
    "notifications",
    "workflows",
    "viewflow",
    "viewflow.workflow",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleTimeout",
    "accounts.middleware.SignedInUnlessPublic",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.look",
            ],
            "builtins": ["config.templatetags.words", "accounts.templatetags.masking"],
        },
    }
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgres:///bailu", engine="django.db.backends.postgresql")
}
DATABASES["default"].setdefault("OPTIONS", {})
# The engine's own statements are prepared by the server. Where a pooler gives a connection to others between
# transactions and does not follow prepared statements, set it to no.
PREPARE_STATEMENTS = env.bool("DATABASE_PREPARES", default=True)
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5 if PREPARE_STATEMENTS else None
# Statements here take milliseconds; PostgreSQL compiling one to machine code takes up to a second.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Limits on sign-in hold across processes and restarts: the cache is a table (made by accounts' migration).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # So many that a flood of tries does not push the locks on sign-in out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticatePasswordForm",
}
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}
# The address is proven by a code before the account opens: who signs up with somebody else's address
# sees the same page, and learns nothing.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Five failures lock an account's sign-in for thirty minutes (等保 level 3): accounts.lockout.
SIGN_IN_FAILURES = 5
SIGN_IN_LOCK_SECONDS = 30 * 60
# The second factor's codes, and the tries from one address, are limited by allauth in the shared cache.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/30m/key", "login": "60/m/ip", "signup": "60/m/ip"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Bailu"
SESSION_COOKIE_AGE = 12 * 3600
IDLE_TIMEOUT_SECONDS = 30 * 60
IDLE_TIMEOUT_STAFF_SECONDS = 15 * 60

# ── language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ── work that does not wait: Celery
BROKER_URL = env.str("CELERY_BROKER_URL", default=f"filesystem://{DATA_DIR}/broker")

# Two sites that share a broker keep apart by it.
QUEUE = env.str("CELERY_QUEUE", default="bailu")

# ── documents: any S3 server; a folder of this machine only for a demonstration without one
S3_ENDPOINT = env.str("S3_ENDPOINT", default="")
S3_PUBLIC_ENDPOINT = env.str("S3_PUBLIC_ENDPOINT", default=S3_ENDPOINT)
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", default="")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", default="")
S3_BUCKET = env.str("S3_BUCKET", default="bailu")
S3_REGION = env.str("S3_REGION", default="us-east-1")
DOCUMENTS_DIR = DATA_DIR / "documents"
# ClamAV's daemon, as host:port or the path of its socket; empty for none.
CLAMD = env.str("CLAMD_ADDRESS", default="")

# ── webhooks: networks of one's own that they may reach (10.1.0.0/16), beside the public internet
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=[])

# ── e-mail: in the demonstration a folder that the pages show
vars().update(env.email_url("EMAIL_URL", default="filemail://"))
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bailu <no-reply@bailu.example>")

# ── files of our own
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "config" / "static"]
STORAGES = {
    "default": {"BACKEND": "storage.files.DocumentFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO

# ── the browser
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *([S3_PUBLIC_ENDPOINT] if S3_PUBLIC_ENDPOINT else [])],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
CSRF_FAILURE_VIEW = "accounts.views.start.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True

LOGGING_CONFIG = None
structured_logging(json=env.bool("LOG_JSON", default=not DEBUG), level=env.str("LOG_LEVEL", default="INFO"))
