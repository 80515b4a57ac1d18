import { useEffect } from 'preact/hooks';
import { sentence } from '../api/sentence.ts';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { Title } from '../shell/title.tsx';
import { Shimmer } from '../waveform/swell.tsx';
import { words } from '../words/index.ts';
import { JobList } from './job_list.tsx';
import { PoolStrip } from './pool_strip.tsx';
import { failure, follow, phase, refresh } from './work.ts';
import { WorkerList } from './worker_list.tsx';

/** The work of the server: pools, who works, and every job. */
export function JobsPage() {
  const w = words.value;
  useEffect(follow, []);
  return (
    <div class="work">
      <header class="page-head">
        <div>
          <Title>{w.work.title}</Title>
          <p class="page-sub">{w.work.claim}</p>
        </div>
      </header>
      {failure.value !== null && (
        <Notice title={w.work.failedTitle} text={sentence(failure.value, w)}>
          <button type="button" class="button-quiet" onClick={() => void refresh()}>
            <Icon name="retry" /> {w.shell.retry}
          </button>
        </Notice>
      )}
      <PoolStrip />
      <WorkerList />
      <JobList />
      {phase.value === 'loading' && <Shimmer label={w.shell.loading} />}
    </div>
  );
}
