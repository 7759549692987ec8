"""Inserts many rows in few statements. Nothing here runs save() or sends signals."""

from django.db import connection

from catalog.models import Resource


def next_ids(count):
    """Returns `count` new ids of entries, which nothing else will get."""
    table = Resource._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "nextval(pg_get_serial_sequence(%s, 'id'))"
            cursor.execute(f"SELECT {sequence} FROM generate_series(1, %s)", [table, count])
            return [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + 1 + count))


def insert_entries(resources):
    """Inserts children of Resource that have their ids, each with its row of Resource."""
    insert_objects(Resource, resources)
    for model in sorted({type(resource) for resource in resources}, key=lambda m: m.__name__):
        insert_objects(model, [child for child in resources if type(child) is model])


def insert_objects(model, objects):
    """Inserts objects with the columns that the table of `model` itself has."""
    columns = [
        column
        for column in model._meta.local_concrete_fields
        if model is Resource or column.remote_field or not column.primary_key
    ]
    rows = (
        [column.get_db_prep_save(column.pre_save(row, True), connection) for column in columns]
        for row in objects
    )
    insert_rows(model._meta.db_table, [column.column for column in columns], rows)


def insert_rows(table, columns, rows):
    quote = connection.ops.quote_name
    target = f"{quote(table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", list(rows))


def insert_links(through, owner, linked, pairs):
    """Inserts rows of a link table. `owner` and `linked` are the names of its two foreign keys."""
    columns = [through._meta.get_field(name).column for name in (owner, linked)]
    insert_rows(through._meta.db_table, columns, pairs)
