"""HTTP Live Streaming as values and bytes: the segment grid, playlists, CMAF and their checks."""
