"""PyAV turns an untrusted sound file into measured, normalised, segmented renditions."""
