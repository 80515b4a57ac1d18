import type { Words } from '../words/english.ts';
import { Problem, Unreachable } from './problem.ts';

/** What went wrong and what to do, in a sentence for a person. */
export function sentence(error: unknown, words: Words): string {
  const { problems } = words;
  if (error instanceof Unreachable)
    return navigator.onLine ? problems.unreachable : problems.offline;
  if (!(error instanceof Problem)) return problems.unreachable;
  if (error.detail) return error.detail;
  if (error.status === 413) return problems.tooLarge;
  if (error.status === 403) return problems.forbidden;
  if (error.status === 404 || error.status === 410) return problems.gone;
  return problems.unexpected(error.status);
}
