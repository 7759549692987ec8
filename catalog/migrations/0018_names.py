from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_pdf_orders"),
    ]

    operations = [
        migrations.RenameField("rendition", "lacks", "accessibility_issues"),
        migrations.RenameField("renditionversion", "lacks", "accessibility_issues"),
        migrations.RenameField("renditionversion", "matters", "notify_subscribers"),
        migrations.RenameField("video", "film", "file_info"),
    ]
