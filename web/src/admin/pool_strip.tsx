import { remaining } from '../figures.ts';
import { words } from '../words/index.ts';
import type { Pool } from './model.ts';
import { pools } from './work.ts';

/** A card a pool: whether its workers keep up. */
export function PoolStrip() {
  const w = words.value.work;
  if (pools.value.length === 0) return null;
  return (
    <section aria-labelledby="pools">
      <h2 id="pools">{w.pools}</h2>
      <ul class="pools">
        {pools.value.map((pool) => (
          <PoolCard key={pool.pool} pool={pool} />
        ))}
      </ul>
    </section>
  );
}

function PoolCard({ pool }: { readonly pool: Pool }) {
  const w = words.value.work;
  const waits = pool.pending > 0;
  const figures: readonly [string, string | number][] = [
    [w.waiting, pool.pending],
    [w.running, pool.processing],
    [w.oldest, waits ? remaining(pool.oldest_pending_seconds) : '–'],
    [w.alive, pool.workers_alive],
  ];
  return (
    <li class="card pool" aria-label={w.poolNamed(pool.pool)}>
      <h3>{pool.pool}</h3>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {waits && pool.workers_alive === 0 && <p class="fault">{w.nobody}</p>}
    </li>
  );
}
