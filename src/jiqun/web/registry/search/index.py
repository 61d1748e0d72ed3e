"""The index over the tokens: made by the migration, kept by the database, rebuilt after a load."""

from __future__ import annotations

import pyarrow as pa

from jiqun.web.registry.bulk.session import Session
from jiqun.web.registry.search.tokens import tokens_of

TABLE = "registry_searchkey"
_NEW = "INSERT INTO registry_searchindex(rowid, tokens) VALUES (new.id, new.tokens);"
_OLD = "INSERT INTO registry_searchindex(registry_searchindex, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
TRIGGERS = {
    "registry_searchkey_ai": f"AFTER INSERT ON {TABLE} BEGIN {_NEW} END",
    "registry_searchkey_ad": f"AFTER DELETE ON {TABLE} BEGIN {_OLD} END",
    "registry_searchkey_au": f"AFTER UPDATE OF tokens ON {TABLE} BEGIN {_OLD} {_NEW} END",
}
MAKE_SQLITE = (
    "CREATE VIRTUAL TABLE registry_searchindex USING fts5(tokens, content='registry_searchkey', content_rowid='id', "
    "detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    *(f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()),
)
MAKE_POSTGRESQL = (
    f"CREATE INDEX registry_searchkey_tokens ON {TABLE} USING gin (array_to_tsvector(string_to_array(tokens, ' ')))",
)
BATCH = 50_000
_NAMES = pa.schema([("party_id", pa.int64()), ("name", pa.string()), ("county_id", pa.int64()), ("former", pa.bool_())])


def rebuild(session: Session, names: pa.Table) -> None:
    """Write the keys of all parties: their names as given (`party_id`, `name`, `county_id`) and the former ones in the database."""
    if session.vendor == "sqlite":
        for name in TRIGGERS:
            session.execute(f"DROP TRIGGER {name}")
    session.execute(f"{'TRUNCATE' if session.vendor == 'postgresql' else 'DELETE FROM'} {TABLE}")
    source = "registry_partyname n JOIN registry_party p ON p.id = n.party_id"
    former = session.table(f"SELECT n.party_id, n.name, p.county_id, true AS former FROM {source}", _NAMES)
    present = names.append_column("former", pa.array([False] * names.num_rows, pa.bool_()))
    for batch in pa.concat_tables([present, former]).to_batches(BATCH):
        tokens = pa.array(map(tokens_of, batch["name"].to_pylist(), batch["county_id"].to_pylist()), pa.string())
        columns = {column: batch[column] for column in ("party_id", "name", "former")}
        session.append(TABLE, pa.table({**columns, "tokens": tokens}))
    if session.vendor == "sqlite":
        session.execute("INSERT INTO registry_searchindex(registry_searchindex) VALUES ('rebuild')")
        for name, body in TRIGGERS.items():
            session.execute(f"CREATE TRIGGER {name} {body}")
