"""What can be measured and drawn of sound: loudness, true peak, gain, peaks and pictures."""
