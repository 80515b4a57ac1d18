import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { EventStreamParser, type ServerEvent, serverEvents } from '../src/api/event_stream.ts';

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

/** A server that sends a beginning and then says what `after` says. */
async function served(t: TestContext, after: (response: ServerResponse) => void) {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const server = createServer((_, response) => {
    response.on('close', close);
    response.write(STREAM);
    after(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (signal: AbortSignal) => fetch(`http://127.0.0.1:${port}`, { signal });
  return { ask, closed };
}

test('a stream that the server ends is read to its end', async (t) => {
  const { ask } = await served(t, (response) => response.end());
  const heard: ServerEvent[] = [];
  for await (const event of serverEvents(ask, new AbortController().signal)) heard.push(event);
  assert.deepEqual(heard, EXPECTED);
});

test('a connection that falls silent is given up, and closed', async (t) => {
  const { ask, closed } = await served(t, () => undefined);
  const heard: ServerEvent[] = [];
  await assert.rejects(async () => {
    const events = serverEvents(ask, new AbortController().signal, 50);
    for await (const event of events) heard.push(event);
  }, /silence/);
  assert.deepEqual(heard, EXPECTED);
  await closed;
});

test('pings keep a stream alive that has nothing else to say', async (t) => {
  const { ask } = await served(t, (response) => {
    const pings = setInterval(() => response.write(': still here\n\n'), 50);
    setTimeout(() => {
      clearInterval(pings);
      response.end('data: late\n\n');
    }, 1_500);
  });
  const heard: string[] = [];
  for await (const { data } of serverEvents(ask, new AbortController().signal, 1_000))
    heard.push(data);
  assert.equal(heard.at(-1), 'late');
});
