import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Job, type JobPage, renewed, verbOf } from '../src/admin/model.ts';
import { faultOf, jobName, percent } from '../src/admin/told.ts';
import { english } from '../src/words/english.ts';

const job = (id: string, given: Partial<Job> = {}): Job => ({
  id,
  kind: 'ingest',
  pool: 'cpu',
  owner: { id: '7', username: 'marin' },
  status: 'pending',
  progress: null,
  step: null,
  attempt: 0,
  max_attempts: 4,
  cancel_requested: false,
  error: null,
  created_at: '2026-01-01T00:00:00Z',
  started_at: null,
  finished_at: null,
  ...given,
});
const list = (ids: string): readonly Job[] => [...ids].map((id) => job(id));
const page = (ids: string, next_cursor: string | null = null): JobPage => ({
  items: list(ids),
  next_cursor,
});
const shown = (held: string, fresh: JobPage): [string, string | null] => {
  const { items, next_cursor } = renewed(list(held), fresh, 'below');
  return [items.map(({ id }) => id).join(''), next_cursor];
};

test('what was read further down stays behind the part that was read again', () => {
  assert.deepEqual(shown('edcba', page('gfed', 'after d')), ['gfedcba', 'below']);
});

test('a list that was read again as a whole goes on where it ends now', () => {
  assert.deepEqual(shown('edc', page('gfedc', 'after c')), ['gfedc', 'after c']);
  assert.deepEqual(shown('', page('cba')), ['cba', null]);
});

test('where the two parts no longer meet the old one is dropped: a gap would be a lie', () => {
  assert.deepEqual(shown('cba', page('zyx', 'after x')), ['zyx', 'after x']);
  assert.deepEqual(shown('cba', page('')), ['', null]);
});

test('what is not over can be cancelled, what failed or was cancelled tried again', () => {
  const verbs = (['pending', 'processing', 'failed', 'cancelled', 'succeeded'] as const).map(
    (status) => verbOf({ status }),
  );
  assert.deepEqual(verbs, ['cancel', 'cancel', 'retry', 'retry', null]);
});

test('a job says whose it is and why it failed; words the page lacks are the server’s', () => {
  assert.equal(jobName(job('a'), english), 'Making a track, for marin');
  assert.equal(jobName(job('a', { kind: 'errand', owner: null }), english), 'errand');
  assert.equal(faultOf(job('a'), english), null);
  const failed = (code: string, message: string) =>
    faultOf(job('a', { error: { code, message } }), english);
  assert.match(failed('no_sound', 'x') ?? '', /no sound in this file/);
  assert.equal(failed('odd', 'It was odd.'), 'It was odd.');
  assert.equal(failed('odd', ''), 'odd');
});

test('progress is never below nothing or above all', () => {
  assert.deepEqual([null, -1, 0.424, 2].map(percent), [null, 0, 42, 100]);
});
