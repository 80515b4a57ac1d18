import { bytes, kilobits, number } from '../figures.ts';
import { rungName } from '../player/rung_name.ts';
import type { Rendition, Track } from '../tracks/model.ts';
import { language, words } from '../words/index.ts';

/** What can be streamed, with the rates that were measured, not those that were asked for. */
export function Renditions({ track }: { readonly track: Track }) {
  const w = words.value.track;
  const { renditions } = track;
  return (
    <section aria-labelledby="renditions">
      <h2 id="renditions">{w.renditions}</h2>
      {renditions.length === 0 ? (
        <p class="hint">{w.renditionsPending}</p>
      ) : (
        <table class="renditions">
          <thead>
            <tr>
              <th scope="col">{w.rendition}</th>
              <th scope="col">{w.measured}</th>
              <th scope="col">{w.peak}</th>
              <th scope="col">{w.size}</th>
            </tr>
          </thead>
          <tbody>
            {renditions.map((rendition) => (
              <Row key={rendition.rung} rendition={rendition} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ rendition }: { readonly rendition: Rendition }) {
  const w = words.value.track;
  const tongue = language.value;
  const rate = (value: number | null) => (value ? `${kilobits(value, tongue)} kbit/s` : '–');
  return (
    <tr>
      <th scope="row">
        {rungName(rendition.rung)} <span class="hint">{form(rendition)}</span>
      </th>
      {rendition.finished ? (
        <>
          <td>{rate(rendition.average_bandwidth)}</td>
          <td>{rate(rendition.peak_bandwidth)}</td>
          <td>{rendition.bytes ? bytes(rendition.bytes, tongue, words.value) : '–'}</td>
        </>
      ) : (
        <td colSpan={3} class="hint">
          {rendition.segments && rendition.made !== null
            ? w.unfinished(rendition.made, rendition.segments)
            : w.making}
        </td>
      )}
    </tr>
  );
}

/** “24 bit, 96 kHz”; the bit depth where there is one. */
function form({ bits, codec, sample_rate: rate }: Rendition): string {
  const kilohertz = `${number(rate / 1000, language.value, rate % 1000 ? 1 : 0)} kHz`;
  return bits && codec.toLowerCase() === 'flac' ? `FLAC, ${bits} bit, ${kilohertz}` : kilohertz;
}
