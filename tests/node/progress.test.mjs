// `followProgress` over a stream of the test's own: whose affair an exception is, and what an event costs.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const Docker = require('../../node/dist/index.js');
const { askedFor } = require('../../node/dist/errors.js');
const docker = new Docker({ socketPath: '/nowhere' });

const lines = (...events) => Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));

for (const [name, client] of [
  ['modem', docker.modem],
  ['docker', docker],
]) {
  test(`${name}.followProgress: what onProgress throws is not caught, and no event is lost or told twice`, () => {
    const source = new EventEmitter();
    const heard = [];
    const finished = [];
    const enough = new Error('enough');
    client.followProgress(
      source,
      (error, output) => finished.push({ error, output }),
      (event) => {
        heard.push(event.at);
        if (event.at % 2 === 0) throw enough;
      },
    );
    const thrown = (event, ...args) => assert.throws(() => source.emit(event, ...args), enough);
    thrown('data', Buffer.concat([lines({ at: 1 }, { at: 2 }, { at: 3 }), Buffer.from('{"at":')]));
    assert.deepEqual(heard, [1, 2]);
    thrown('data', Buffer.from('4}\n{"at":5}\n'));
    thrown('data', Buffer.from('{"at":6}\n{"at":7}\n{"at":8}'));
    assert.deepEqual(finished, []);
    thrown('end');
    source.emit('close');
    assert.deepEqual(heard, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(finished.length, 1);
    assert.equal(finished[0].error, null);
    assert.deepEqual(
      finished[0].output.map((event) => event.at),
      heard,
    );
  });

  test(`${name}.followProgress: what onFinished throws is not caught, and it is called once`, () => {
    const source = new EventEmitter();
    let calls = 0;
    client.followProgress(source, () => {
      calls++;
      throw new Error('no');
    });
    source.emit('data', lines({ at: 1 }));
    assert.throws(() => source.emit('end'), /no/);
    source.emit('close');
    assert.equal(calls, 1);
  });

  test(`${name}.followProgress: the request is looked at for a failure, not for each event`, () => {
    const source = new EventEmitter();
    let asked = 0;
    askedFor.set(source, () => {
      asked++;
      return { method: 'POST', target: '/images/create', headers: [], endpoint: 'unix:///nowhere' };
    });
    let failure;
    client.followProgress(source, (error) => {
      failure = error;
    });
    source.emit('data', lines(...Array.from({ length: 100 }, (_, at) => ({ at }))));
    assert.equal(asked, 0);
    source.emit('data', lines({ error: 'denied' }, { error: 'denied again' }, { at: 101 }));
    source.emit('end');
    assert.equal(asked, 1);
    assert.equal(failure.message, 'denied');
  });
}

test('modem.followProgress: nothing is told after a line that is not JSON', () => {
  const source = new EventEmitter();
  const heard = [];
  const errors = [];
  const told = (error) => errors.push(error);
  docker.modem.followProgress(source, told, (event) => heard.push(event));
  source.emit('data', Buffer.from('{"at":1}\nnot JSON\n{"at":2}\n'));
  source.emit('end');
  assert.deepEqual(heard, [{ at: 1 }]);
  assert.equal(errors.length, 1);
  assert.ok(errors[0] instanceof SyntaxError);
});
