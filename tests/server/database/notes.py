"""A table that no slice has."""

from sqlalchemy import Connection, column, insert, select, table

CREATE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"
NOTES = table("notes", column("id"), column("text"))


def count(connection: Connection) -> int:
    return len(connection.execute(select(NOTES.c.id)).all())


def add(connection: Connection, number: int, *, fail: bool = False, words: str = "…") -> int:
    connection.execute(insert(NOTES).values(id=number, text=words))
    if fail:
        raise ValueError("after the insert")
    return number
