"""Real encoders: what is left of a sound when one has been over it."""

from io import BytesIO

import av
import numpy as np
import soundfile

from tests.waveform.sounds import Sound

CONTAINERS = {"libmp3lame": "mp3", "aac": "adts", "libopus": "ogg"}


def through(sound: Sound, rate: int, codec: str, bit_rate: int) -> Sound:
    """Encode and decode stereo; the result may begin and end with padding."""
    file = BytesIO()
    with av.open(file, "w", format=CONTAINERS[codec]) as output:
        stream = output.add_stream(codec, rate=rate, layout="stereo", bit_rate=bit_rate)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", "stereo")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, "stereo", rate, stream.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            output.mux(stream.encode(piece))
    file.seek(0)
    with av.open(file, "r") as source:
        decoded = [planar(piece) for piece in source.decode(audio=0)]
    return np.concatenate(decoded, axis=1)


def planar(frame: av.AudioFrame) -> Sound:
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, 2).T
    if samples.dtype == np.int16:
        samples = samples / 32_768
    return samples.astype(np.float32)


def through_vorbis(sound: Sound, rate: int, compression: float) -> Sound:
    """Encode with libvorbis by way of libsndfile, since FFmpeg's own encoder is a toy."""
    file = BytesIO()
    with soundfile.SoundFile(
        file,
        "w",
        rate,
        len(sound),
        "VORBIS",
        format="OGG",
        compression_level=compression,
    ) as output:
        for start in range(0, sound.shape[1], 4096):  # in one piece it overflows the stack
            output.write(sound.T[start : start + 4096])
    file.seek(0)
    decoded: Sound = soundfile.read(file, dtype="float32")[0]
    return np.ascontiguousarray(decoded.T)


def rounded(sound: np.ndarray) -> Sound:
    """To 16 bits, as ripped or decoded files are."""
    steps = np.clip(np.rint(sound * 32_768), -32_768, 32_767)
    return np.asarray(steps / 32_768, np.float32)
