// Parses each playlist named on the command line with hls-parser in its strict mode, and prints
// what it found as a JSON list. The first playlist that breaks a rule ends it with exit status 1.
import { readFileSync } from "node:fs";

import HLS from "hls-parser";

HLS.setOptions({ strictMode: true });

function summary(path) {
  const playlist = HLS.parse(readFileSync(path, "utf8"));
  if (playlist.isMasterPlaylist) {
    return {
      path,
      kind: "multivariant",
      variants: playlist.variants.map(({ uri, bandwidth, averageBandwidth, codecs }) => ({
        uri,
        bandwidth,
        average_bandwidth: averageBandwidth,
        codecs,
      })),
    };
  }
  return {
    path,
    kind: "media",
    type: playlist.playlistType ?? null,
    ended: playlist.endlist,
    target_duration: playlist.targetDuration,
    durations: playlist.segments.map((segment) => segment.duration),
    maps: [...new Set(playlist.segments.map((segment) => segment.map?.uri ?? null))],
  };
}

const found = [];
for (const path of process.argv.slice(2)) {
  try {
    found.push(summary(path));
  } catch (error) {
    console.error(`${path}: ${error.message}`);
    process.exit(1);
  }
}
console.log(JSON.stringify(found));
