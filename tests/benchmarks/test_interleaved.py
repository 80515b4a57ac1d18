"""Ratios are made of pairs, and nothing is compared that did not do the same work."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import paper
from benchmarks.interleaved import (
    Disagreement,
    NotMeasured,
    agree,
    in_turn,
    ratios,
    run,
    spread,
)
from benchmarks.section import Section


def test_ratios_are_made_pair_by_pair() -> None:
    assert ratios([1.0, 2.0, 9.0], [2.0, 2.0, 3.0]) == [0.5, 1.0, 3.0]


def test_rounds_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


def test_a_spread_is_the_median_with_both_extremes() -> None:
    assert spread([1.1, 0.98, 1.02]) == "1.02 [0.98 to 1.10]"
    assert spread([1.0, 2.0], 3) == "1.500 [1.000 to 2.000]"


def test_equal_answers_agree() -> None:
    agree({"a": (1, 2), "b": (1, 2)})


def test_a_disagreement_names_both_answers() -> None:
    with pytest.raises(Disagreement, match="a: 882000; b: 881999"):
        agree({"a": 882000, "b": 881999})


def writing(path: Path, letter: str) -> list[str]:
    return ["sh", "-c", f"printf {letter} >> '{path}'"]


def test_after_one_warm_up_of_each_the_commands_take_turns(tmp_path: Path) -> None:
    order = tmp_path / "order"
    commands = {letter: writing(order, letter) for letter in "ab"}

    costs = in_turn(commands, 3, lambda _: "the same")

    assert order.read_text() == "ab" + "ababab"
    assert {name: len(runs) for name, runs in costs.items()} == {"a": 3, "b": 3}


def test_commands_that_made_different_things_are_not_measured(tmp_path: Path) -> None:
    commands = {letter: writing(tmp_path / letter, letter) for letter in "ab"}

    with pytest.raises(Disagreement):
        in_turn(commands, 3, lambda name: (tmp_path / name).read_text())

    assert (tmp_path / "a").read_text() == "a"  # the warm-up, and no round


def test_a_failing_command_is_no_figure_and_its_words_are_told() -> None:
    with pytest.raises(NotMeasured, match="ended with 3: no such song"):
        run(["sh", "-c", "echo no such song >&2; exit 3"])


def test_the_cpu_time_is_the_commands_own_account_of_it() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"

    assert run([sys.executable, "-c", busy]).cpu_seconds >= 0.3


def test_peak_memory_is_the_commands_own_however_fat_the_one_who_asks() -> None:
    ours = np.ones(200 << 17)

    fat = "held = b'1' * (150_000_000)\nimport time; time.sleep(0.3)"

    assert run(["sleep", "0.3"]).peak_mb < 20
    assert 150 < run([sys.executable, "-c", fat]).peak_mb < 200
    assert ours.nbytes == 200 << 20


def test_a_question_asked_again_takes_the_place_of_its_old_answer() -> None:
    first, second = (Section(title=title, columns=("a",), rows=(("1",),)) for title in "xy")
    page = paper(paper("", [first, second]), [replace(first, rows=(("2",),))])

    assert page.count("## x") == page.count("## y") == 1
    assert page.index("| 2 |") < page.index("## y")
