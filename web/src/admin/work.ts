import { batch, signal } from '@preact/signals';
import { listJobs, listPools, listWorkers, steerJob } from './calls.ts';
import { type Job, type LiveWorker, type Pool, renewed, type Verb, type Wanted } from './model.ts';

/** Pools, workers and jobs, read again every few seconds while somebody looks at them. */

export const phase = signal<'loading' | 'ready' | 'failed'>('loading');
export const failure = signal<unknown>(null);
export const pools = signal<readonly Pool[]>([]);
export const workers = signal<readonly LiveWorker[]>([]);
export const jobs = signal<readonly Job[]>([]);
export const cursor = signal<string | null>(null);
export const wanted = signal<Wanted>({ status: '', pool: '' });
export const loadingMore = signal(false);

const EVERY_MS = 4000;
const PAGE = 25;
/** The most that one request reads again; what is further down stays as it was read. */
const MOST = 100;

let asked = 0;
let reading = false;
/** What the jobs that are shown were asked for by. */
let listed: Wanted | null = null;

/** Read now and then until the function that is returned is called. */
export function follow(): () => void {
  const look = () => {
    if (!document.hidden && !reading && !loadingMore.peek()) void refresh();
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

export function want(next: Wanted): void {
  wanted.value = next;
  void refresh();
}

export async function refresh(): Promise<void> {
  const current = question();
  const wish = wanted.peek();
  const again = wish === listed;
  const limit = again ? Math.min(MOST, Math.max(PAGE, jobs.peek().length)) : PAGE;
  reading = true;
  try {
    const [counted, alive, page] = await Promise.all([
      listPools(),
      listWorkers(),
      listJobs(wish, limit),
    ]);
    if (!current()) return;
    const list = again ? renewed(jobs.peek(), page, cursor.peek()) : page;
    listed = wish;
    batch(() => {
      pools.value = counted;
      workers.value = alive;
      jobs.value = list.items;
      cursor.value = list.next_cursor;
      failure.value = null;
      phase.value = 'ready';
    });
  } catch (error) {
    if (!current()) return;
    failure.value = error;
    if (!again) drop();
  } finally {
    if (current()) reading = false;
  }
}

export async function loadMore(): Promise<void> {
  const from = cursor.peek();
  if (from === null || loadingMore.peek()) return;
  const current = question();
  loadingMore.value = true;
  try {
    const page = await listJobs(wanted.peek(), PAGE, from);
    if (!current()) return;
    batch(() => {
      jobs.value = [...jobs.peek(), ...page.items];
      cursor.value = page.next_cursor;
    });
  } catch (error) {
    if (current()) failure.value = error;
  } finally {
    loadingMore.value = false;
  }
}

/** Cancel a job or try it again; throws where the server refuses. */
export async function steer(id: string, verb: Verb): Promise<void> {
  const steered = await steerJob(id, verb);
  question(); // what was read before this is old news
  jobs.value = jobs.peek().map((job) => (job.id === id ? steered : job));
}

/** Show no jobs that are not what is asked for. */
function drop(): void {
  listed = null;
  batch(() => {
    jobs.value = [];
    cursor.value = null;
    phase.value = 'failed';
  });
}

/** Ask anew: answers to what was asked before no longer count. */
function question(): () => boolean {
  asked += 1;
  const mine = asked;
  reading = false;
  return () => mine === asked;
}
