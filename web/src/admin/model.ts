/** The queue of work as operators see it. */

export const jobStates = ['pending', 'processing', 'failed', 'succeeded', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export interface JobFault {
  readonly code: string;
  readonly message: string;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly pool: string;
  readonly owner: { readonly id: string; readonly username: string } | null;
  readonly status: JobState;
  readonly progress: number | null;
  readonly step: string | null;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly cancel_requested: boolean;
  readonly error: JobFault | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface Happening {
  readonly at: string;
  readonly type: string;
  readonly attempt: number | null;
  readonly detail: string | null;
}

export interface JobPage {
  readonly items: readonly Job[];
  readonly next_cursor: string | null;
}

export interface Pool {
  readonly pool: string;
  readonly pending: number;
  readonly processing: number;
  readonly oldest_pending_seconds: number;
  readonly workers_alive: number;
}

export interface LiveWorker {
  readonly id: string;
  readonly name: string;
  readonly pools: readonly string[];
  readonly version: string;
  readonly seen_at: string;
  readonly job_id: string | null;
}

/** Which jobs the list shows; empty for all. */
export interface Wanted {
  readonly status: JobState | '';
  readonly pool: string;
}

export type Verb = 'cancel' | 'retry';

/** What one may do about a job; nothing about one that succeeded. */
export function verbOf({ status }: Pick<Job, 'status'>): Verb | null {
  if (status === 'pending' || status === 'processing') return 'cancel';
  return status === 'succeeded' ? null : 'retry';
}

/**
 * A list whose newest part was read again. What was read before stays behind it, as long as the two
 * still meet; else there is a gap, and the list ends with the new part.
 */
export function renewed(held: readonly Job[], page: JobPage, cursor: string | null): JobPage {
  const last = page.items.at(-1);
  const met = last ? held.findIndex((job) => job.id === last.id) : -1;
  const behind = met < 0 ? [] : held.slice(met + 1);
  if (behind.length === 0) return page;
  return { items: [...page.items, ...behind], next_cursor: cursor };
}
