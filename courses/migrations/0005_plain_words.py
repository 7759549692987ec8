import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0019_plain_words"),
        ("courses", "0004_lengths"),
    ]

    operations = [
        migrations.AlterField(
            model_name="course",
            name="equivalents",
            field=models.ManyToManyField(
                blank=True,
                help_text="The same course in another form, such as online. People who took one do not need the others. Plans offer a choice, and both pages show it.",
                to="courses.course",
                verbose_name="counts as",
            ),
        ),
        migrations.AlterField(
            model_name="course",
            name="other_names",
            field=models.TextField(
                blank=True,
                help_text="Other names for this course, such as LMPO. Put each name on its own line. A requirement that uses one of these names links here automatically.",
                verbose_name="other names",
            ),
        ),
        migrations.AlterField(
            model_name="course",
            name="outcomes",
            field=models.TextField(
                blank=True,
                help_text="What people can do after the course. Start each line with a verb.",
                max_length=10000,
                verbose_name="learning outcomes",
            ),
        ),
        migrations.AlterField(
            model_name="coursemodule",
            name="minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Leave this empty when unknown. Do not enter 0.",
                null=True,
                verbose_name="minutes",
            ),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Lower numbers come first in their cell.",
                verbose_name="position",
            ),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="text",
            field=models.CharField(
                help_text="One thing the team does that it can answer with yes or no, such as “Co-leads plan the team's meetings together.”",
                max_length=200,
                verbose_name="criterion",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="named_course",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave this empty to link by name, now or when someone adds the course.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="named_in_%(class)ss",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="text",
            field=models.CharField(
                blank=True,
                help_text="Leave this empty to use the title of the course you choose.",
                max_length=500,
                verbose_name="as written",
            ),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="named_course",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave this empty to link by name, now or when someone adds the course.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="named_in_%(class)ss",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="text",
            field=models.CharField(
                blank=True,
                help_text="Leave this empty to use the title of the course you choose.",
                max_length=500,
                verbose_name="as written",
            ),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="type",
            field=models.CharField(
                choices=[
                    ("course", "Course"),
                    ("knowledge", "Knowledge"),
                    ("condition", "Condition"),
                    ("eligibility", "Eligibility"),
                    ("advice", "Advice"),
                ],
                default="course",
                help_text="Course: take it first. Knowledge: know it first, wherever you learned it. Condition: how to attend. Eligibility: who may attend. Advice: good to have.",
                max_length=11,
                verbose_name="type",
            ),
        ),
        migrations.AlterConstraint(
            model_name="bestresource",
            name="best_resource_once",
            constraint=models.UniqueConstraint(
                fields=("criterion", "resource"),
                name="best_resource_once",
                violation_error_message="This resource is already in the list.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="coursemodule",
            name="module_minutes_from_1",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__isnull", True), ("minutes__gte", 1), _connector="OR"),
                name="module_minutes_from_1",
                violation_error_message="Enter 1 minute or more, or leave it empty.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="criterion",
            name="criterion_once",
            constraint=models.UniqueConstraint(
                fields=("dimension", "level", "text"),
                name="criterion_once",
                violation_error_message="This cell already has this criterion.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="followup",
            name="follow_up_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("named_course__isnull", False)),
                fields=("course", "named_course"),
                name="follow_up_once",
                violation_error_message="This course is already a follow-up course.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="requirement",
            name="requirement_course_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("named_course__isnull", False)),
                fields=("course", "named_course"),
                name="requirement_course_once",
                violation_error_message="This course is already required.",
            ),
        ),
    ]
