import { EventEmitter } from 'node:events';
import { endOnSignal, type Part } from './ending';

const stage = (parts: readonly Part[], limitMilliseconds = 60_000) => {
  const signals = new EventEmitter();
  const lines: unknown[] = [];
  const note = (...said: readonly unknown[]) => void lines.push(said[0]);
  const exited = new Promise<number>((resolve) =>
    endOnSignal({
      parts: () => parts,
      journal: { info: note, error: note },
      limitMilliseconds,
      exit: resolve,
      signals,
    }),
  );
  return { signals, lines, exited };
};
const never: Part['end'] = () => new Promise(() => undefined);

it('ends one part after the other, then the process', async () => {
  const ended: string[] = [];
  const part = (name: string): Part => ({
    name,
    end: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(name);
    },
  });
  const { signals, exited } = stage([part('service'), part('log'), part('database')]);
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await exited).toBe(0);
  expect(ended).toEqual(['service', 'log', 'database']);
});
it('ends the others where one fails, and says so', async () => {
  const ended: string[] = [];
  const { signals, lines, exited } = stage([
    { name: 'service', end: () => Promise.reject(new Error('broken')) },
    { name: 'log', end: async () => void ended.push('log') },
  ]);
  signals.emit('SIGINT', 'SIGINT');
  expect(await exited).toBe(0);
  expect(ended).toEqual(['log']);
  expect(lines).toContainEqual({ part: 'service', error: 'broken' });
});
it('ends at once at the second signal, of either kind', async () => {
  const { signals, exited } = stage([{ name: 'service', end: never }]);
  signals.emit('SIGTERM', 'SIGTERM');
  signals.emit('SIGINT', 'SIGINT');
  expect(await exited).toBe(1);
});
it('does not wait beyond its limit, and says what hung', async () => {
  const { signals, lines, exited } = stage(
    [
      { name: 'log', end: () => Promise.resolve() },
      { name: 'service', end: never, waitsFor: () => 'relay' },
    ],
    50,
  );
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await exited).toBe(1);
  expect(lines).toContainEqual({ hung: 'service: relay', milliseconds: 50 });
});
