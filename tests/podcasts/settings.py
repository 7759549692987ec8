from tests.settings import *

INSTALLED_APPS = ["tests.podcasts", *INSTALLED_APPS]
