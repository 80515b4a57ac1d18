"""The layouts of BS.1770-5: surrounds count more, the low-frequency channel not at all."""

import pytest

from waveform.channel_weights import channel_weights

LAYOUTS = {
    "FC": (1.0,),
    "FL FR": (1.0, 1.0),
    "FL FR FC BL BR": (1.0, 1.0, 1.0, 1.41, 1.41),
    "FL FR FC LFE BL BR": (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    "FL FR FC LFE SL SR": (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    "FL FR FC LFE BL BR SL SR": (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_weighed_by_where_its_loudspeakers_stand(layout: str) -> None:
    assert channel_weights(layout.split()) == LAYOUTS[layout]
