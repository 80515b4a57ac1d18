"""A subject of `ladder`: the product's own pass over the same ladder, which looks at what it made.

Each rung is decoded while it is made, measured, and its peaks are kept down.
"""

from benchmarks.ladder_run import given, ignore
from transcoder.render import Pass, Rendition
from transcoder.telling import Share, Teller


def main() -> None:
    source, grid, rungs, gain = given()
    teller = Teller(ignore)
    rendering = Pass(source, grid, gain, corrections={}, teller=teller)
    share = Share(teller, "encoding", grid.samples * len(rungs))
    rendering.render([Rendition(rendering, rung) for rung in rungs], share)


if __name__ == "__main__":
    main()
