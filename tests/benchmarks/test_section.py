"""A goal that is missed is said to be missed."""

from benchmarks.section import Section, verdict


def test_a_figure_on_its_goal_is_met_and_one_above_is_missed() -> None:
    assert verdict(1.05, 1.05) == "met"
    assert verdict(1.0501, 1.05) == "**missed**"


def test_a_section_is_a_markdown_table_with_its_notes() -> None:
    section = Section(
        title="Ladder", columns=("goal", "ratio"), rows=[("N1", "1.02")], notes=("five rungs",)
    )

    assert section.markdown() == (
        "## Ladder\n\n| goal | ratio |\n| --- | --- |\n| N1 | 1.02 |\n\n- five rungs\n"
    )


def test_what_was_not_measured_has_a_reason_and_no_table() -> None:
    section = Section(title="ladder", columns=(), rows=(), notes=("Not measured: no ffmpeg",))

    assert section.markdown() == "## ladder\n\n- Not measured: no ffmpeg\n"
