import { type ReadonlySignal, useSignal } from '@preact/signals';
import { Problem } from '../api/problem.ts';
import { sentence } from '../api/sentence.ts';
import { remaining } from '../figures.ts';
import type { Words } from '../words/english.ts';

interface Submission {
  readonly busy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<unknown>;
  submit(event: SubmitEvent): Promise<void>;
}

/** Send what a form of the gate holds; a failure stays until the next try. */
export function useSubmission(send: (form: FormData) => Promise<void>): Submission {
  const busy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    busy.value = true;
    failure.value = null;
    try {
      await send(new FormData(event.currentTarget as HTMLFormElement));
    } catch (error) {
      failure.value = error;
    }
    busy.value = false;
  };
  return { busy, failure, submit };
}

export const text = (form: FormData, name: string): string => String(form.get(name) ?? '');

export function refusal(error: unknown, words: Words): string {
  const { account } = words;
  if (!(error instanceof Problem)) return sentence(error, words);
  if (error.status === 401) return account.wrong;
  if (error.status === 429) return account.tooOften(remaining(error.retryAfter ?? 60));
  return sentence(error, words);
}
