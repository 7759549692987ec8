import django.core.validators
import django.db.models.deletion
import taggit.managers
from django.conf import settings
from django.db import migrations, models

import catalog.files.validators
import catalog.models.base
import catalog.models.search


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0018_names"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="edition",
            options={
                "ordering": ["-number"],
                "verbose_name": "printed version",
                "verbose_name_plural": "printed versions",
            },
        ),
        migrations.AlterModelOptions(
            name="resource",
            options={
                "ordering": ["-published_at", "-id"],
                "permissions": [("publish_resource", "Can publish and withdraw")],
                "verbose_name": "resource",
                "verbose_name_plural": "resources",
            },
        ),
        migrations.AlterField(
            model_name="audience",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="audience",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the name.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="bestbet",
            name="words",
            field=models.CharField(
                help_text="What people type. Other forms of the same words count too.",
                max_length=120,
                validators=[catalog.models.search.check_words],
                verbose_name="words",
            ),
        ),
        migrations.AlterField(
            model_name="credit",
            name="role",
            field=models.CharField(
                help_text="Such as “Produced by”.", max_length=60, verbose_name="role"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Fill this in only if the times differ from one delivery to another.",
                null=True,
                verbose_name="minutes",
            ),
        ),
        migrations.AlterField(
            model_name="dimension",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="dimension",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the name.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="edition",
            name="number",
            field=models.PositiveIntegerField(verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="job",
            name="asked_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="requested"),
        ),
        migrations.AlterField(
            model_name="job",
            name="beat_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last active"),
        ),
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="task",
            field=models.CharField(
                choices=[
                    ("text", "Reading its text for search"),
                    ("preview", "Making its preview"),
                    ("picture", "Making the image sizes"),
                    ("film", "Making a still image and a phone version"),
                    ("sheet", "Making the info sheet"),
                    ("print", "Making a large PDF"),
                ],
                max_length=10,
                verbose_name="task",
            ),
        ),
        migrations.AlterField(
            model_name="judgedquery",
            name="resource",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="judged_queries",
                to="catalog.resource",
                verbose_name="wanted result",
            ),
        ),
        migrations.AlterField(
            model_name="region",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="region",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the name.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="address",
            field=models.URLField(blank=True, max_length=500, verbose_name="or a link to it"),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="name",
            field=models.SlugField(
                blank=True,
                help_text="Such as “color” in /tools/huddle-cards/color.pdf. Leave it empty to use the name of the file. It stays the same when you replace the file.",
                max_length=100,
                verbose_name="name in its address",
            ),
        ),
        migrations.AlterField(
            model_name="renditionversion",
            name="notify_subscribers",
            field=models.BooleanField(default=False, verbose_name="told to followers"),
        ),
        migrations.AlterField(
            model_name="resource",
            name="access_reason",
            field=models.TextField(
                blank=True,
                help_text="Say why it cannot wait for captions, an image description, or the title, language or tags of a PDF. The accessibility report lists it until you fix this.",
                max_length=500,
                verbose_name="publish anyway, because",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="audiences",
            field=catalog.models.base.ProtectedManyToManyField(
                blank=True,
                help_text="Choose the groups it is for. Filters and plans use these.",
                related_name="resources",
                to="catalog.audience",
                verbose_name="audiences",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="body",
            field=models.TextField(
                blank=True,
                help_text="The full text. You can paste from Word. Formats we cannot show are removed.",
                verbose_name="description",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="duration_text",
            field=models.TextField(
                blank=True,
                help_text="What readers should see, such as “two 2-hour modules (4 hours in all)”.",
                max_length=500,
                verbose_name="time needed as written",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="focus_x",
            field=models.PositiveSmallIntegerField(
                default=50,
                help_text="The point that stays in view when the image is cropped, in percent. Save the image, then click on it to choose the point.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="focus, from the left",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="image",
            field=catalog.models.base.PictureField(
                blank=True,
                height_field="image_height",
                help_text="JPEG, PNG, WebP or GIF. 16:9 and at least 1280 pixels wide looks best.",
                max_length=300,
                upload_to=catalog.files.validators.file_place,
                validators=[catalog.files.validators.check_image],
                verbose_name="image",
                width_field="image_width",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="image_alt",
            field=models.CharField(
                blank=True,
                help_text="Say what the image shows, for people who cannot see it.",
                max_length=250,
                verbose_name="image description",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="image_decorative",
            field=models.BooleanField(
                default=False,
                help_text="Check this if the image adds nothing to the words. It needs no description then.",
                verbose_name="the image is only decoration",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="level_text",
            field=models.CharField(
                blank=True,
                help_text="Only if words say more than the checkboxes, such as “for teams at any level”.",
                max_length=200,
                verbose_name="levels as written",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="minutes_max",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="If the time is exact, write the same number again.",
                null=True,
                verbose_name="minutes, at most",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="minutes_min",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Plans add these up. Leave it empty if you do not know. Do not write 0.",
                null=True,
                verbose_name="minutes, at least",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="only_for",
            field=catalog.models.base.ProtectedManyToManyField(
                blank=True,
                help_text="Choose groups only if nobody else may take part. For example, a course for labor sponsors is for sponsors, and only for union members. Leave it empty if it is open to all. Plans follow this.",
                related_name="limited_resources",
                to="catalog.audience",
                verbose_name="only for",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                help_text="The person who keeps it up to date.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resources",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="published_at",
            field=models.DateTimeField(
                blank=True,
                db_index=True,
                help_text="Leave it empty for a draft. At a future time, it appears by itself.",
                null=True,
                verbose_name="published",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="regions",
            field=catalog.models.base.ProtectedManyToManyField(
                blank=True,
                help_text="Leave it empty if it is for all regions.",
                related_name="resources",
                to="catalog.region",
                verbose_name="regions",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="related",
            field=models.ManyToManyField(
                blank=True,
                help_text="Each of the two pages then shows the other.",
                to="catalog.resource",
                verbose_name="related resources",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="related_text",
            field=models.TextField(
                blank=True,
                help_text="Titles that are not in the catalog yet, one per line. Only editors see them.",
                verbose_name="related titles as written",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="What people should use instead once this is withdrawn. Old links and the QR codes on old prints show the way there.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaces",
                to="catalog.resource",
                verbose_name="replaced by",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="seconds",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="1:29 is 89. Leave it empty if you do not know. Do not write 0.",
                null=True,
                verbose_name="running time in seconds",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the title. If you change it, the old address still leads here.",
                max_length=200,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="summary",
            field=models.TextField(
                blank=True,
                help_text="Say in one or two sentences what a team gets from it. Cards show this.",
                max_length=500,
                verbose_name="summary",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="tags",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="Any words, with commas between them.",
                through="catalog.TaggedResource",
                to="taggit.Tag",
                verbose_name="tags",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="title",
            field=models.CharField(
                help_text="What people call it, in ten words or fewer. For a course, say how it is delivered.",
                max_length=200,
                verbose_name="title",
            ),
        ),
        migrations.AlterField(
            model_name="resource",
            name="unpublished_at",
            field=models.DateTimeField(
                blank=True,
                db_index=True,
                help_text="When to take it off the site. Leave it empty to keep it there.",
                null=True,
                verbose_name="withdrawn",
            ),
        ),
        migrations.AlterField(
            model_name="sitesettings",
            name="contact",
            field=models.EmailField(
                blank=True,
                help_text="Where readers can write to you. Shown on every page.",
                max_length=254,
                verbose_name="contact e-mail",
            ),
        ),
        migrations.AlterField(
            model_name="sitesettings",
            name="organisation",
            field=models.CharField(
                default="Labor Management Partnership",
                help_text="Shown at the bottom of every page and PDF.",
                max_length=200,
                verbose_name="organization line",
            ),
        ),
        migrations.AlterField(
            model_name="synonym",
            name="meaning",
            field=models.CharField(
                help_text="Such as “unit-based team”.",
                max_length=80,
                validators=[catalog.models.search.check_words],
                verbose_name="means",
            ),
        ),
        migrations.AlterField(
            model_name="synonym",
            name="term",
            field=models.CharField(
                help_text="Such as “UBT”.",
                max_length=80,
                validators=[catalog.models.search.check_words],
                verbose_name="short form or word",
            ),
        ),
        migrations.AlterField(
            model_name="tool",
            name="best_used",
            field=models.TextField(
                blank=True,
                help_text="Say when a team uses it, and what for.",
                max_length=1000,
                verbose_name="best used",
            ),
        ),
        migrations.AlterField(
            model_name="tool",
            name="format_text",
            field=models.CharField(
                blank=True,
                help_text="Such as “PDF and PPT slide”.",
                max_length=200,
                verbose_name="format as written",
            ),
        ),
        migrations.AlterField(
            model_name="tool",
            name="size_text",
            field=models.CharField(
                blank=True,
                help_text="Such as “2 pages; 8.5 × 11 in”.",
                max_length=200,
                verbose_name="size as written",
            ),
        ),
        migrations.AlterField(
            model_name="tooltype",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="tooltype",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the name.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                help_text="The wider topic that this one belongs to. A topic inside another cannot hold topics.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="catalog.topic",
                verbose_name="inside",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="The last part of its web address. Leave it empty to make one from the name.",
                max_length=80,
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="address",
            field=models.URLField(
                blank=True, help_text="https://…", max_length=500, verbose_name="or a link to it"
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="captions",
            field=models.FileField(
                blank=True,
                help_text="WebVTT or SRT (.vtt, .srt). People who cannot hear the video, or have the sound off, read these. They also become the transcript.",
                max_length=300,
                upload_to=catalog.files.validators.file_place,
                validators=[catalog.files.validators.check_captions],
                verbose_name="captions",
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="chapters",
            field=models.FileField(
                blank=True,
                help_text="WebVTT or SRT with a title for each part. People can jump to a part.",
                max_length=300,
                upload_to=catalog.files.validators.file_place,
                validators=[catalog.files.validators.check_chapters],
                verbose_name="chapters",
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="descriptions",
            field=models.FileField(
                blank=True,
                help_text="WebVTT or SRT that says what the video shows, for people who cannot see it.",
                max_length=300,
                upload_to=catalog.files.validators.file_place,
                validators=[catalog.files.validators.check_descriptions],
                verbose_name="descriptions",
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="phone_file",
            field=models.FileField(
                blank=True,
                editable=False,
                max_length=300,
                upload_to=catalog.files.validators.file_place,
                verbose_name="phone version",
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="transcript",
            field=models.TextField(
                blank=True,
                help_text="Everything that is said, as text. You do not need this if you add captions.",
                max_length=200000,
                verbose_name="transcript",
            ),
        ),
        migrations.AlterConstraint(
            model_name="bestbet",
            name="best_bet_once",
            constraint=models.UniqueConstraint(
                fields=("stems", "resource"),
                name="best_bet_once",
                violation_error_message="It already comes first for these words.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="judgedquery",
            name="judged_query_once",
            constraint=models.UniqueConstraint(
                fields=("words", "resource"),
                name="judged_query_once",
                violation_error_message="This search check already exists.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="rendition",
            name="rendition_file_or_address",
            constraint=models.CheckConstraint(
                condition=models.Q(("file", ""), ("address", ""), _connector="OR"),
                name="rendition_file_or_address",
                violation_error_message="Choose a file or add a link, not both.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="rendition",
            name="rendition_pages_from_1",
            constraint=models.CheckConstraint(
                condition=models.Q(("pages__isnull", True), ("pages__gte", 1), _connector="OR"),
                name="rendition_pages_from_1",
                violation_error_message="Pages count from 1. Leave it empty if you do not know.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="rendition",
            name="rendition_name_once_per_tool",
            constraint=models.UniqueConstraint(
                fields=("tool", "name"),
                name="rendition_name_once_per_tool",
                violation_error_message="Another file of this tool has this name. Choose another.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="resource",
            name="resource_minutes_a_range",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("minutes_max", None), ("minutes_min", None)),
                    models.Q(
                        ("minutes_max__isnull", False),
                        ("minutes_min__gte", 1),
                        ("minutes_max__gte", models.F("minutes_min")),
                        ("minutes_min__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="resource_minutes_a_range",
                violation_error_message="Fill in both minutes or neither. Count from 1. “At most” cannot be less than “at least”.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="resource",
            name="resource_seconds_of_a_video",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconds__isnull", True),
                    models.Q(("kind", "video"), ("seconds__gte", 1)),
                    _connector="OR",
                ),
                name="resource_seconds_of_a_video",
                violation_error_message="Only a video has a running time. It is at least one second.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="resource",
            name="resource_unpublished_after_published",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unpublished_at__isnull", True),
                    ("unpublished_at__gt", models.F("published_at")),
                    _connector="OR",
                ),
                name="resource_unpublished_after_published",
                violation_error_message="Choose a time after it is published.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="resource",
            name="resource_not_replaced_by_itself",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaced_by__isnull", True),
                    models.Q(("replaced_by", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="resource_not_replaced_by_itself",
                violation_error_message="An entry cannot replace itself. Choose another one.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="synonym",
            name="synonym_once",
            constraint=models.UniqueConstraint(
                fields=("term", "meaning"),
                name="synonym_once",
                violation_error_message="This synonym already exists.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="video",
            name="video_file_or_address",
            constraint=models.CheckConstraint(
                condition=models.Q(("file", ""), ("address", ""), _connector="OR"),
                name="video_file_or_address",
                violation_error_message="Choose a file or add a link, not both.",
            ),
        ),
    ]
