"""What is asked at every claim and every finish goes by its own index, however many jobs wait."""

import pytest
from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects import sqlite

from server.database import Database
from server.jobs import JOBS, dependencies, statements, store

pytestmark = pytest.mark.engines("sqlite")  # PostgreSQL counts before it chooses


async def plan(database: Database, asked: Select[tuple[str]]) -> str:
    def explained(connection: Connection) -> str:
        options = {"literal_binds": True}
        words = asked.compile(dialect=sqlite.dialect(), compile_kwargs=options)
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}")
        return " / ".join(row[3] for row in rows)

    return await database.read(explained)


async def test_a_claim_looks_at_what_waits_in_its_pools_and_at_what_runs(
    database: Database,
) -> None:
    of_pools = "SEARCH jobs USING INDEX ix_jobs_claim (pool=?)"

    for pools in (["x"], ["x", "y"]):
        named, count = statements.named(pools), len(pools)
        assert await plan(database, statements.finding(None, count).params(named)) == of_pools
        assert of_pools in await plan(database, statements.finding(2, count).params(named))


async def test_a_claim_never_sorts_what_waits(database: Database) -> None:
    for pools in (["x"], ["x", "y", "z"]):
        chosen = statements._first(2, "pool_0").params(statements.named(pools))
        assert "TEMP B-TREE" not in await plan(database, chosen)


async def test_a_finish_looks_for_those_that_need_its_job_by_their_ids(database: Database) -> None:
    needing = select(JOBS.c.id).where(dependencies.needing("x"))

    assert "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id=?)" in await plan(database, needing)


async def test_the_reaper_looks_at_what_lapsed(database: Database) -> None:
    lapsed = select(JOBS.c.id).where(store._lapsed())

    assert "ix_jobs_lease (lease_until<?)" in await plan(database, lapsed)
