from django.contrib import admin, messages
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from catalog.admin.resources import DeliveryInline, ResourceAdmin, RowInline, make_fieldsets
from catalog.admin.site import site
from catalog.files import transcoding
from catalog.models import Credit, Video


class CreditInline(RowInline):
    model = Credit


@admin.register(Video, site=site)
class VideoAdmin(ResourceAdmin):
    fieldsets = make_fieldsets(
        what=["transcript"],
        time=["seconds"],
        files=["file", "address", "about_video", "captions", "chapters", "descriptions"],
    )
    readonly_fields = [*ResourceAdmin.readonly_fields, "about_video"]
    inlines = [CreditInline, DeliveryInline]

    def gaps(self):
        return super().gaps() | {
            "lacks_time": (_("running time"), Q(seconds=None, minutes_min=None)),
            "lacks_file": (_("video"), Q(file="", address="")),
            "lacks_captions": (_("captions"), ~Q(file="") & Q(captions="")),
        }

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data and obj.file:
            self.report_on_file(request, obj)

    def report_on_file(self, request, video):
        problems = transcoding.phone_sentences(video.file_info)
        for sentence in problems:
            self.message_user(request, sentence, messages.WARNING)
        if transcoding.has_ffmpeg():
            if problems:
                sentence = _("We are making a phone version in the background.")
                self.message_user(request, sentence)
        elif not video.image:
            sentence = _("Choose an image too. The page shows it until someone plays the video.")
            self.message_user(request, sentence, messages.WARNING)

    @admin.display(description=_("about this file"))
    def about_video(self, obj):
        if not obj.file_info:
            return _("You see this after you save.")
        lines = [
            transcoding.describe_video(obj.file_info),
            *transcoding.phone_sentences(obj.file_info),
        ]
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
