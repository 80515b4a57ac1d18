"""Work that takes long is told from work that is stuck."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.pace import FIRST, LEAST, TIMES, Pace


def test_before_the_first_sign_it_may_take_a_while() -> None:
    pace = Pace(100.0)

    assert not pace.is_stuck(100 + FIRST)
    assert pace.is_stuck(100 + FIRST + 1)


def test_quick_steps_may_once_take_a_minute() -> None:
    pace = Pace(0.0)
    for second in range(50):
        pace.sign(second / 10)

    assert not pace.is_stuck(4.8 + LEAST)
    assert pace.is_stuck(4.9 + LEAST + 1)


@given(st.floats(LEAST / TIMES, 3600), st.integers(1, 100))
def test_slow_steps_may_take_ten_times_as_long(interval: float, count: int) -> None:
    pace = Pace(0.0)
    for n in range(1, count + 1):
        pace.sign(n * interval)

    assert not pace.is_stuck((count + TIMES * 0.999) * interval)
    assert pace.is_stuck((count + TIMES * 1.001) * interval + 1e-6)


def test_one_long_step_does_not_make_the_next_one_usual() -> None:
    pace = Pace(0.0)
    for second in [*range(20), 500, 501]:
        pace.sign(second)

    assert pace.is_stuck(501 + LEAST + 1)


def test_a_long_transfer_is_not_stuck_and_leaves_the_first_step_its_time() -> None:
    pace = Pace(0.0)
    for tenth in range(20_000):  # half an hour of bytes
        pace.moving(tenth / 10)

    assert not pace.is_stuck(2000 + FIRST * 0.9)
    assert pace.is_stuck(2000 + FIRST + 1)
