import { request } from '../api/request.ts';
import type { Happening, Job, JobPage, LiveWorker, Pool, Verb, Wanted } from './model.ts';

const JOBS = '/api/v1/jobs';
const at = (id: string): string => `${JOBS}/${encodeURIComponent(id)}`;

export async function listJobs(
  wanted: Wanted,
  limit: number,
  cursor: string | null = null,
): Promise<JobPage> {
  const query = new URLSearchParams({ owner: 'any', kind: 'any', limit: String(limit) });
  if (wanted.status) query.set('status', wanted.status);
  if (wanted.pool) query.set('pool', wanted.pool);
  if (cursor) query.set('cursor', cursor);
  return (await (await request(`${JOBS}?${query}`)).json()) as JobPage;
}

export async function listPools(): Promise<readonly Pool[]> {
  return items<Pool>(`${JOBS}/counts`);
}

export async function listWorkers(): Promise<readonly LiveWorker[]> {
  return items<LiveWorker>('/api/v1/workers');
}

export async function historyOf(id: string): Promise<readonly Happening[]> {
  const job = (await (await request(at(id))).json()) as { history: readonly Happening[] };
  return job.history;
}

export async function steerJob(id: string, verb: Verb): Promise<Job> {
  return (await (await request(`${at(id)}/${verb}`, { method: 'POST' })).json()) as Job;
}

async function items<T>(path: string): Promise<readonly T[]> {
  return ((await (await request(path)).json()) as { items: readonly T[] }).items;
}
