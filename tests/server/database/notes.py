"""A table that no slice has."""

from sqlalchemy import Connection, column, insert, select, table

CREATE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"
NOTES = table("notes", column("id"), column("text"))


def count(connection: Connection) -> int:
    return len(connection.execute(select(NOTES.c.id)).all())


def numbers(connection: Connection) -> list[int]:
    return list(connection.scalars(select(NOTES.c.id).order_by(NOTES.c.id)))


def highest(connection: Connection) -> int:
    return max(numbers(connection), default=0)


def add(connection: Connection, number: int, *, fail: bool = False, words: str = "…") -> int:
    connection.execute(insert(NOTES).values(id=number, text=words))
    if fail:
        raise ValueError("after the insert")
    return number
