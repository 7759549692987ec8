from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import validate as rules

from . import environment

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / "var"

environment.replace_old_names()
DEBUG = environment.read("DEBUG", "bool", False)
PORT = environment.read_port()
SITE_URL = environment.read_site_url(PORT)
ALLOWED_HOSTS = environment.read_hosts(SITE_URL)
SECRET_KEY = environment.read_secret_key(DEBUG, STATE_DIR)
DATABASES = {"default": environment.read_database(STATE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "lmp_site",
    "editorial",
    "courses",
    "catalog",
    "django_prose_editor",
    "js_asset",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "lmp_site.page_store.middleware.KeepMiddleware",
    "catalog.files.middleware.PagesFirstMiddleware",
    "lmp_site.middleware.HeadMiddleware",
    "catalog.search.middleware.CountingMiddleware",
    "catalog.search.middleware.OneMomentMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "catalog.printing.middleware.KeptPdfMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "catalog.lib.middleware.CleanInputMiddleware",
    "lmp_site.page_store.middleware.NoteQueryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lmp_site.one_time_password.OneTimePasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "lmp_site.urls"
WSGI_APPLICATION = "lmp_site.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "lmp_site.template_loader.CachedLoader",
                    [
                        "lmp_site.template_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "catalog.context_processors.site",
            ],
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = environment.read_folder("MEDIA_ROOT", BASE_DIR / "media")
MEDIA_ACCEL = environment.read(
    "MEDIA_ACCEL", "str", "", pre_load=str.strip, validate=rules.Regexp(r"/([a-z0-9_-]+/)+\Z")
)
MEDIA_BUCKET = environment.read_bucket()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if MEDIA_BUCKET:
    # The access keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    address, bucket = MEDIA_BUCKET
    STORAGES["default"] = {
        "BACKEND": "catalog.files.storage.Bucket",
        "OPTIONS": {"endpoint_url": address, "bucket_name": bucket},
    }
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_HANDLERS = ["catalog.files.upload_handler.UploadHandler"]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    },
}

# Megabytes of finished pages that each web process keeps.
PAGE_STORE_MB = environment.read("PAGE_STORE_MB", "int", 24, validate=rules.Range(1, 4096))
# Seconds after a change for which readers may get the old page while the new one is made.
PAGE_STORE_STALE_S = environment.read("PAGE_STORE_STALE_S", "int", 0, validate=rules.Range(0, 60))
# All processes share finished pages here.
PAGE_STORE_FILE = STATE_DIR / "pages" / "pages.sqlite3"
# All processes share the finished PDFs here.
PDF_ROOT = STATE_DIR / "prints"
# The site makes this many PDFs at once. Large ones leave one of these workers free for others.
PDF_WORKERS = environment.read("PDF_WORKERS", "int", 3, validate=rules.Range(1, 32))

TAGGIT_CASE_INSENSITIVE = True

FILE_ORIGINS = MEDIA_BUCKET[:1] if MEDIA_BUCKET else ()
# Pages load only what the site itself serves. The admin editor's import map needs the nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, *FILE_ORIGINS],
        "media-src": [SELF, *FILE_ORIGINS],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The page store trusts X-Forwarded-Proto of a proxy on this machine only, and tells Django in the
# WSGI scheme. Django itself trusts no header.
HTTPS = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "catalog.admin.site.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"one_line": {"()": "lmp_site.logs.OneLineFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler"},
        "one_line": {"class": "logging.StreamHandler", "filters": ["one_line"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        # A bad request, such as one with a wrong Host, is not an error in the code: it needs no
        # traceback.
        "django.security": {"handlers": ["one_line"], "propagate": False},
    },
}
