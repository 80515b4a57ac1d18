import { words } from '../words/index.ts';
import { JobRow } from './job_row.tsx';
import { type JobState, jobStates } from './model.ts';
import { cursor, jobs, loadingMore, loadMore, phase, pools, want, wanted } from './work.ts';

export function JobList() {
  const w = words.value;
  const empty = phase.value === 'ready' && jobs.value.length === 0;
  return (
    <section aria-labelledby="jobs">
      <div class="jobs-head">
        <h2 id="jobs">{w.work.jobs}</h2>
        <Filters />
      </div>
      {empty && <p class="quiet-state">{w.work.none}</p>}
      <ol class="jobs" aria-labelledby="jobs">
        {jobs.value.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ol>
      {cursor.value !== null && (
        <button
          type="button"
          class="button-quiet load-more"
          disabled={loadingMore.value}
          onClick={() => void loadMore()}
        >
          {w.library.loadMore}
        </button>
      )}
    </section>
  );
}

function Filters() {
  const w = words.value.work;
  const now = wanted.value;
  const names = new Set([...pools.value.map(({ pool }) => pool), ...(now.pool ? [now.pool] : [])]);
  return (
    <search class="toolbar">
      <select
        aria-label={w.whichStatus}
        value={now.status}
        onChange={(event) => want({ ...now, status: event.currentTarget.value as JobState | '' })}
      >
        <option value="">{w.anyStatus}</option>
        {jobStates.map((state) => (
          <option key={state} value={state}>
            {w.states[state]}
          </option>
        ))}
      </select>
      <select
        aria-label={w.whichPool}
        value={now.pool}
        onChange={(event) => want({ ...now, pool: event.currentTarget.value })}
      >
        <option value="">{w.anyPool}</option>
        {[...names].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </search>
  );
}
