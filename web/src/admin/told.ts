import type { Words } from '../words/english.ts';
import type { Job } from './model.ts';

/** Jobs in words. Pure: the words are an argument. */

export const kindName = (kind: string, { work }: Words): string => work.kinds[kind] ?? kind;

/** “Making a track, for marin”: tells one job from others where only its button is heard. */
export function jobName(job: Pick<Job, 'kind' | 'owner'>, words: Words): string {
  const kind = kindName(job.kind, words);
  return job.owner ? words.work.forWhom(kind, job.owner.username) : kind;
}

/** Why it failed, or why its last attempt did. Null for one that nothing happened to. */
export function faultOf({ error }: Pick<Job, 'error'>, words: Words): string | null {
  if (error === null) return null;
  const known = words.work.faults[error.code] ?? words.faults[error.code];
  return known ?? (error.message || error.code);
}

export function percent(progress: number | null): number | null {
  return progress === null ? null : Math.round(100 * Math.min(1, Math.max(0, progress)));
}
