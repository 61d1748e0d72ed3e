"""The audit trail: quick by action, and append-only."""

from django.db import migrations, models

from jiqun.web.common.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [("common", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(fields=["action", "-id"], name="audit_action"),
        ),
        append_only("common_auditrecord"),
    ]
