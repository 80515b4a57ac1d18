import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loudnessSentence } from '../src/track/level.ts';
import type { Loudness } from '../src/tracks/model.ts';
import { english } from '../src/words/english.ts';
import { french } from '../src/words/french.ts';

const loud: Loudness = {
  integrated_lufs: -9.8,
  range_lu: 7.3,
  true_peak_dbtp: 3.2,
  momentary_max_lufs: -6,
  short_term_max_lufs: -7,
  gain_db: -4.2,
};

test('a loud master is told as delivered and as played', () => {
  assert.equal(
    loudnessSentence(loud, 'en', english),
    '−9.8 LUFS as delivered, turned down 4.2 dB; true peak −1.0 dBTP; nothing clipped.',
  );
  assert.match(
    loudnessSentence(loud, 'fr', french),
    /^−9,8 LUFS à la livraison, baissé de 4,2 dB;/,
  );
});

test('a quiet one that its peaks hold back says so', () => {
  const quiet = {
    ...loud,
    integrated_lufs: -22,
    true_peak_dbtp: -4,
    gain_db: 3,
    limited_by_peak: true,
  };
  assert.equal(
    loudnessSentence(quiet, 'en', english),
    '−22.0 LUFS as delivered, turned up 3.0 dB, held there by its peaks; true peak −1.0 dBTP; nothing clipped.',
  );
});

test('nothing is claimed of what still clips, nor of silence', () => {
  assert.ok(!loudnessSentence({ ...loud, gain_db: 0 }, 'en', english).includes('clipped'));
  const silent = { ...loud, integrated_lufs: null, true_peak_dbtp: null, gain_db: 0 };
  assert.equal(loudnessSentence(silent, 'en', english), english.track.silence);
});
