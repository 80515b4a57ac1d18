import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sentence } from '../api/sentence.ts';
import { moment } from '../figures.ts';
import { language, words } from '../words/index.ts';
import { historyOf } from './calls.ts';
import type { Happening, Job } from './model.ts';

/** What happened to a job, read when it is asked for, and again with every change. */
export function JobHistory({ job }: { readonly job: Job }) {
  const open = useSignal(false);
  return (
    <details
      class="figures job-history"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>{words.value.work.history}</summary>
      {open.value && <Told job={job} />}
    </details>
  );
}

function Told({ job }: { readonly job: Job }) {
  const w = words.value;
  const events = useSignal<readonly Happening[] | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    let current = true;
    historyOf(job.id).then(
      (found) => {
        if (current) events.value = found;
      },
      (error: unknown) => {
        if (current) failure.value = error;
      },
    );
    return () => {
      current = false;
    };
  }, [job.id, job.status, job.attempt, job.cancel_requested]);
  if (failure.value !== null && events.value === null)
    return <p class="fault">{sentence(failure.value, w)}</p>;
  if (events.value === null) return <p class="hint">{w.shell.loading}</p>;
  return (
    <>
      <ol class="happenings">
        {events.value.map((event, index) => (
          <Line key={index} event={event} />
        ))}
      </ol>
      <p class="hint job-id">{w.work.jobId(job.id)}</p>
    </>
  );
}

function Line({ event }: { readonly event: Happening }) {
  const w = words.value.work;
  const what = w.events[event.type] ?? event.type;
  return (
    <li>
      <time dateTime={event.at}>{moment(event.at, language.value, 'seconds')}</time>
      <span>
        {event.attempt ? w.inAttempt(what, event.attempt) : what}
        {event.detail && <span class="hint"> {event.detail}</span>}
      </span>
    </li>
  );
}
