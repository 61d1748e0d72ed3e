from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from jiqun.web.registry.search.index import TRIGGERS
from jiqun.web.registry.search.tokens import PLACE_MARK


def add_places(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The place of its party among the tokens of every name; on SQLite the index is made anew in one pass."""
    sqlite = editor.connection.vendor == "sqlite"
    if sqlite:
        editor.execute("DROP TRIGGER registry_searchkey_au")
    editor.execute(
        f"UPDATE registry_searchkey SET tokens = tokens || ' {PLACE_MARK}' || "
        "(SELECT county_id FROM registry_party p WHERE p.id = party_id) "
        "WHERE party_id IN (SELECT id FROM registry_party WHERE county_id IS NOT NULL)"
    )
    if sqlite:
        editor.execute("INSERT INTO registry_searchindex(registry_searchindex) VALUES ('rebuild')")
        editor.execute(f"CREATE TRIGGER registry_searchkey_au {TRIGGERS['registry_searchkey_au']}")


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_list_indexes'),
    ]

    operations = [migrations.RunPython(add_places, migrations.RunPython.noop)]
