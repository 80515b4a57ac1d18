"""Names of things sort by the time they were made."""

import time
from uuid import UUID

from server.ids import new_id


def test_an_id_is_a_uuid_of_version_7_with_its_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(new_id())
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after  # RFC 9562, 5.7: milliseconds since 1970


def test_each_id_of_a_process_is_greater_than_the_one_before() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(set(made))
