import { Problem, Unreachable } from '../api/problem.ts';
import { sentence } from '../api/sentence.ts';
import { bytes } from '../figures.ts';
import type { TrackFault } from '../tracks/model.ts';
import type { Words } from '../words/english.ts';
import { Unreadable } from './transfer.ts';

/** What happened to a transfer, and what to do. */
export function transferTrouble(
  error: unknown,
  sent: number,
  language: string,
  words: Words,
): string {
  const { upload } = words;
  if (error instanceof Unreadable) return upload.unreadable;
  if (error instanceof Unreachable) {
    return navigator.onLine ? upload.broke(bytes(sent, language, words)) : words.problems.offline;
  }
  if (error instanceof Problem) return refusal(error, words) ?? sentence(error, words);
  return sentence(error, words);
}

/** The server took the bytes and wants none of them. */
export const unusable = (error: unknown): boolean =>
  error instanceof Problem && ['file-refused', 'empty-upload'].includes(error.type);

function refusal(problem: Problem, words: Words): string | null {
  const { upload } = words;
  if (problem.type.includes('quota')) return upload.quota;
  if (unusable(problem)) return `${problem.detail} ${upload.otherFile}`;
  switch (problem.status) {
    case 401:
      return upload.signIn;
    case 413:
      return upload.tooLarge;
    case 429:
      return upload.tooMany;
    case 507:
      return upload.noSpace;
    default:
      return null;
  }
}

/** What the server found wrong with a file. Its own words serve where the code is a new one. */
export function faultText(fault: TrackFault, words: Words): string {
  const own = words.faults[fault.code];
  if (own) return own;
  return fault.message ? `${fault.message} ${words.upload.otherFile}` : words.upload.otherFile;
}
