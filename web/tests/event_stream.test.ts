import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStreamParser, type ServerEvent } from '../src/api/event_stream.ts';

const STREAM = ': ping\n\nevent: state\ndata: {"a":1}\n\ndata: one\ndata: two\r\n\r\nevent: x\n\n';
const EXPECTED: ServerEvent[] = [
  { name: 'state', data: '{"a":1}' },
  { name: 'message', data: 'one\ntwo' },
];

test('comments are silent, lines join, and an event without data is none', () => {
  assert.deepEqual(new EventStreamParser().push(STREAM), EXPECTED);
});

test('it does not matter where the network cuts', () => {
  for (let cut = 1; cut < STREAM.length; cut += 1) {
    const parser = new EventStreamParser();
    const events = [...parser.push(STREAM.slice(0, cut)), ...parser.push(STREAM.slice(cut))];
    assert.deepEqual(events, EXPECTED, `cut at ${cut}`);
  }
});
