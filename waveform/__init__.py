"""Sound measured, drawn and shaped: loudness, peaks, pictures, gain, limiter, equaliser, dither."""
