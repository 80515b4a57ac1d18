import { words } from '../words/index.ts';
import type { LiveWorker } from './model.ts';
import { jobName, percent } from './told.ts';
import { jobs, phase, workers } from './work.ts';

export function WorkerList() {
  const w = words.value.work;
  if (phase.value !== 'ready' && workers.value.length === 0) return null;
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">{w.workers}</h2>
      {workers.value.length === 0 ? (
        <p class="hint">{w.noWorkers}</p>
      ) : (
        <ul class="workers">
          {workers.value.map((worker) => (
            <li key={`${worker.name} ${worker.id}`} class="worker">
              <strong class="worker-id">{worker.id}</strong>
              <span class="worker-does">{doing(worker)}</span>
              <span class="worker-facts">
                {[worker.name, worker.pools.join(', '), worker.version].filter(Boolean).join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function doing(worker: LiveWorker): string {
  const w = words.value;
  if (worker.job_id === null) return w.work.idle;
  const job = jobs.value.find(({ id }) => id === worker.job_id);
  if (!job) return w.work.busy;
  const done = percent(job.progress);
  return done === null ? jobName(job, w) : `${jobName(job, w)} · ${w.player.percent(done)}`;
}
