import { useSignal } from '@preact/signals';
import { sentence } from '../api/sentence.ts';
import { moment } from '../figures.ts';
import { language, words } from '../words/index.ts';
import { JobHistory } from './job_history.tsx';
import { type Job, type Verb, verbOf } from './model.ts';
import { faultOf, jobName, kindName, percent } from './told.ts';
import { steer } from './work.ts';

export function JobRow({ job }: { readonly job: Job }) {
  const w = words.value;
  const fault = faultOf(job, w);
  const facts = [job.owner?.username, job.pool, moment(job.created_at, language.value)];
  return (
    <li class="job" aria-label={jobName(job, w)}>
      <div class="job-head">
        <span class={job.status === 'failed' ? 'chip chip-failed' : `chip job-${job.status}`}>
          {w.work.states[job.status]}
        </span>
        <div class="job-what">
          <strong>{kindName(job.kind, w)}</strong>
          <span class="job-facts">{facts.filter(Boolean).join(' · ')}</span>
        </div>
        <Way job={job} />
        <Steering job={job} />
      </div>
      {fault && <p class={job.status === 'failed' ? 'fault' : 'hint'}>{fault}</p>}
      <JobHistory job={job} />
    </li>
  );
}

/** How far it is, in which attempt. */
function Way({ job }: { readonly job: Job }) {
  const w = words.value;
  const done = job.status === 'processing' ? percent(job.progress) : null;
  const step = job.status === 'processing' && job.step ? (w.work.steps[job.step] ?? job.step) : '';
  const told = [done === null ? '' : w.player.percent(done), step].filter(Boolean).join(' · ');
  return (
    <div class="job-way">
      <span>{told || (job.attempt > 0 && w.work.attempt(job.attempt, job.max_attempts))}</span>
      {told && <span class="hint">{w.work.attempt(job.attempt, job.max_attempts)}</span>}
      {done !== null && (
        <span class="job-bar" aria-hidden="true">
          <span style={{ width: `${done}%` }} />
        </span>
      )}
    </div>
  );
}

function Steering({ job }: { readonly job: Job }) {
  const w = words.value;
  const busy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const verb = verbOf(job);
  if (verb === null) return <span />;
  const act = async (what: Verb) => {
    busy.value = true;
    failure.value = null;
    try {
      await steer(job.id, what);
    } catch (error) {
      failure.value = error;
    }
    busy.value = false;
  };
  const stopping = verb === 'cancel' && job.cancel_requested;
  const text = stopping ? w.work.stopping : w.work[verb];
  return (
    <div class="job-steering">
      <button
        type="button"
        class="button-quiet"
        aria-label={w.work.ofJob(text, jobName(job, w))}
        aria-disabled={busy.value || stopping}
        onClick={() => void (busy.peek() || stopping || act(verb))}
      >
        {text}
      </button>
      {failure.value !== null && (
        <p class="fault" role="alert">
          {sentence(failure.value, w)}
        </p>
      )}
    </div>
  );
}
