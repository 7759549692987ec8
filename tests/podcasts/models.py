from django.db import models

from catalog.models import Resource


class Podcast(Resource):
    host = models.CharField(max_length=80)
