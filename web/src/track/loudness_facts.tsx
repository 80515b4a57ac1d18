import { number } from '../figures.ts';
import type { Loudness, Track } from '../tracks/model.ts';
import { language, words } from '../words/index.ts';
import { loudnessSentence } from './level.ts';

export function LoudnessFacts({ track }: { readonly track: Track }) {
  const w = words.value.track;
  const { loudness, notes = [] } = track;
  return (
    <section aria-labelledby="loudness">
      <h2 id="loudness">{w.loudness}</h2>
      <p class="loudness-sentence">
        {loudness ? loudnessSentence(loudness, language.value, words.value) : w.loudnessPending}
      </p>
      {loudness && loudness.integrated_lufs !== null && <Figures loudness={loudness} />}
      {notes.length > 0 && (
        <ul class="notes" aria-label={w.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figures({ loudness }: { readonly loudness: Loudness }) {
  const w = words.value.track;
  const gain = loudness.gain_db ?? 0;
  const plus = (value: number | null) => (value === null ? null : value + gain);
  const rows: readonly [string, number | null, string][] = [
    [w.integrated, loudness.integrated_lufs, 'LUFS'],
    [w.gain, loudness.gain_db, 'dB'],
    [w.loudnessPlayed, plus(loudness.integrated_lufs), 'LUFS'],
    [w.range, loudness.range_lu, 'LU'],
    [w.momentary, loudness.momentary_max_lufs, 'LUFS'],
    [w.shortTerm, loudness.short_term_max_lufs, 'LUFS'],
    [w.peakDelivered, loudness.true_peak_dbtp, 'dBTP'],
    [w.peakPlayed, plus(loudness.true_peak_dbtp), 'dBTP'],
  ];
  return (
    <details class="figures">
      <summary>{w.figures}</summary>
      <dl>
        {rows.map(([name, value, unit]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null ? '–' : `${number(value, language.value, 1)} ${unit}`}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
