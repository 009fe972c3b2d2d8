"""Settings, all from the environment and production-safe by default. `.env.example` explains each name."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from config import schedule
from config.environment import (
    celery_address,
    database,
    env,
    flag,
    read,
    redis_database,
    redis_number,
    required,
    tile_host,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# What kind of run this is.
DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
INSECURE_HTTP = flag("INSECURE_HTTP")
SECURE = not (DEBUG or INSECURE_HTTP)

SECRET_KEY = required(
    "SECRET_KEY",
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))' and keep it secret.",
)
SECRET_KEY_FALLBACKS: list[str] = read(env.list, "SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS: list[str] = read(env.list, "ALLOWED_HOSTS", [])

INSTALLED_APPS = [
    "config",
    "community.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "js_lib_leaflet",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "core",
    "community",
    "points",
    "grids",
    "petitions",
    "volunteers",
    "canteen",
]

MIDDLEWARE = [
    "core.health.HealthMiddleware",
    "core.middleware.MetricsMiddleware",
    "core.middleware.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.LanguageMiddleware",
    "core.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "community.middleware.AccountDutiesMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "core.middleware.BodyLimitMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"lucide": "core.templatetags.icons"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.web.brand",
                "core.context.ground",
            ],
        },
    }
]

# Data.
DATABASES = {
    "default": {
        **database(required("DATABASE_URL", "It looks like postgres://user:password@host:5432/portal.")),
        "CONN_MAX_AGE": read(env.int, "CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "It looks like redis://host:6379/0.")
CACHES = {
    "default": {
        "BACKEND": "core.cache.FailoverCache",
        "LOCATION": read(env.str, "CACHE_URL", redis_database(REDIS_URL, redis_number(REDIS_URL) + 1)),
    }
}
MEDIA_ROOT = Path(read(env.str, "MEDIA_ROOT", str(BASE_DIR / "media")))

# People and sessions.
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["community.backends.PostBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_email"
ACCOUNT_ADAPTER = "community.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # the code of every sign-in is the verification
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {
    "request_login_code": "community.forms.sign_in.RequestCodeForm",
    "confirm_login_code": "community.forms.sign_in.ConfirmCodeForm",
}
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,300/d/ip"}  # by phone: community.forms.sign_in
MFA_TOTP_ISSUER = "社区工作台"
STAFF_HOME = "petitions:staff_home"
FIELD_HOME = "/today/"
STAFF_PATHS = ("/admin/", "/staff/", "/today/", "/work/")
MFA_REQUIRED_FOR_STAFF = flag("MFA_REQUIRED_FOR_STAFF")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE

# The way in: HTTPS unless the run says otherwise, and only as many proxies are believed as are named.
TRUSTED_PROXY_COUNT = read(env.int, "TRUSTED_PROXY_COUNT", 0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = read(env.int, "HSTS_SECONDS", 365 * 24 * 3600) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = read(
    env.list, "CSRF_TRUSTED_ORIGINS", [f"https://{host}" for host in ALLOWED_HOSTS if host[:1] not in "*."]
)
X_FRAME_OPTIONS = "DENY"
# Maps are drawn only where somebody says whose tiles to draw on; no other host is ever asked otherwise.
TILE_URL = read(env.str, "TILE_URL", "")
TILE_ATTRIBUTION = read(env.str, "TILE_ATTRIBUTION", "")
TILE_HOSTS = [host for host in [tile_host(TILE_URL)] if host]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *TILE_HOSTS],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
MAX_BODY_BYTES = read(env.int, "MAX_BODY_BYTES", 64_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# Interfaces for programs.
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "core.api.KeysetPagination",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "社区治理门户",
    "DESCRIPTION": (
        "诉求的读取与登记；物业服务企业读取所负责的隐患并报整改完成。"
        "代码值在所有社区一致，`stage_label` 为各社区自己的叫法。"
    ),
    "VERSION": "1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DutyEnum": "community.duties.Duty",
        "KindEnum": "petitions.models.PhotoKind",
        "HazardEventKindEnum": "grids.models.HazardEventKind",
    },
}

# Language and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# Files that come with the code. Tests read them from where they lie.
STATIC_URL = "/static/"
STATIC_ROOT = Path(read(env.str, "STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_FROM_SOURCE = flag("STATIC_FROM_SOURCE")
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "core.statics.ManifestStorage"
    },
}

# Work in the background. A broker that is away delays a wake-up and never a request.
BROKER_URL = read(env.str, "CELERY_BROKER_URL", REDIS_URL)
CELERY_BROKER_URL = celery_address(BROKER_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = schedule.BEAT

# Messages that leave the building. Without a gateway nothing is sent, and production says so.
PUBLIC_URL = read(
    env.str,
    "PUBLIC_URL",
    f"https://{ALLOWED_HOSTS[0]}" if SECURE and ALLOWED_HOSTS else "http://127.0.0.1:8000",
)
FILINGS_PER_PHONE_PER_DAY = read(env.int, "FILINGS_PER_PHONE_PER_DAY", 10)
FILINGS_PER_ADDRESS_PER_HOUR = read(env.int, "FILINGS_PER_ADDRESS_PER_HOUR", 60)
API_READS_PER_MINUTE = read(env.int, "API_READS_PER_MINUTE", 600)
API_WRITES_PER_MINUTE = read(env.int, "API_WRITES_PER_MINUTE", 60)

SMS_GATEWAY_URL = read(env.str, "SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = read(env.str, "SMS_GATEWAY_TOKEN", "")
SMS_GATEWAY_TEMPLATE = read(env.str, "SMS_GATEWAY_TEMPLATE", '{"phone": "{phone}", "text": "{text}"}')
SMS_GATEWAY_SUCCESS = read(env.str, "SMS_GATEWAY_SUCCESS", "")
SMS_BACKEND = read(
    env.str,
    "SMS_BACKEND",
    "core.gateways."
    + ("HttpSmsGateway" if SMS_GATEWAY_URL else "DemoGateway" if DEMO or DEBUG else "MissingGateway"),
)
ROBOT_BACKEND = read(env.str, "ROBOT_BACKEND", "core.gateways." + ("DemoGateway" if DEMO else "WeComRobot"))
ROBOT_HOSTS = read(env.list, "ROBOT_HOSTS", ["qyapi.weixin.qq.com"])
GATEWAY_SECONDS = read(env.float, "GATEWAY_SECONDS", 5.0)
KEEP_MESSAGES_DAYS = read(env.int, "KEEP_MESSAGES_DAYS", 180)
KEEP_NOTICES_DAYS = read(env.int, "KEEP_NOTICES_DAYS", 180)
QUIET_HOURS = read(env.str, "QUIET_HOURS", "22:00-07:00")

LOG_FORMAT = read(env.str, "LOG_FORMAT", "json" if SECURE and not DEMO else "lines")
METRICS_TOKEN = read(env.str, "METRICS_TOKEN", "")
METRICS_ON_LOOPBACK = flag("METRICS_ON_LOOPBACK")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trace": {"()": "core.logs.Trace"}, "refused": {"()": "core.logs.Refused"}},
    "formatters": {"lines": {"()": "core.logs.Lines"}, "json": {"()": "core.logs.Json"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": LOG_FORMAT if LOG_FORMAT in {"json", "lines"} else "lines",
            "filters": ["trace", "refused"],
        }
    },
    "root": {"handlers": ["stdout"], "level": read(env.str, "LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        "fontTools": {"level": "WARNING"},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
