import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { of } from 'rxjs';
import { delay, tap } from 'rxjs/operators';
import { MovableClock } from '@chuanyu/reference';
import { LogContext, LogStrategy, NotYet, Poison, RethrowFilter, openSqliteLog, type EventLog } from './index';

let folder: string;
let log: EventLog;
let app: INestMicroservice | undefined;
let strategy: LogStrategy;
const seen: string[] = [];
let isReady = false;

@Controller()
class Handlers {
  @EventPattern<string>('prison.inbound')
  async onPrison(@Payload() value: { what: string }, @Ctx() context: LogContext): Promise<void> {
    seen.push(
      `${value.what} ${context.record.topic} ${context.record.key} ${context.record.headers['kind'] ?? ''}`.trim(),
    );
    if (value.what === 'poison') throw new Poison('no such state');
    if (value.what === 'early' && !isReady) throw new NotYet('no clause');
    if (value.what === 'bug') throw new TypeError('cannot read it', { cause: new Error('field is missing') });
  }

  @EventPattern<string>('lawyer.inbound')
  onLawyer(@Payload() value: { what: string }) {
    return of(value).pipe(
      delay(20),
      tap(({ what }) => void seen.push(`lawyer ${what}`)),
    );
  }
}

@Module({ controllers: [Handlers] })
class App {}

@Controller()
class Asked {
  @MessagePattern('prison.inbound')
  answer(): number {
    return 1;
  }
}

@Module({ controllers: [Asked] })
class AskedApp {}

async function start(): Promise<void> {
  strategy = new LogStrategy({ log, group: 'prison', limits: { tries: 3, backoff: 1 } });
  app = await NestFactory.createMicroservice(App, { strategy, logger: false });
  app.useGlobalFilters(new RethrowFilter());
  await app.listen();
}

beforeEach(async () => {
  seen.length = 0;
  isReady = false;
  folder = await mkdtemp(join(tmpdir(), 'strategy-'));
  log = await openSqliteLog({ file: join(folder, 'log.sqlite'), clock: new MovableClock() });
  await log.declare([{ name: 'prison.inbound' }, { name: 'lawyer.inbound' }]);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await log.close();
  await rm(folder, { recursive: true, force: true });
});

test('handlers get value and record of the topic they name', async () => {
  await start();
  await log.append([
    { topic: 'prison.inbound', key: '案件一', headers: { kind: 'event' }, value: { what: 'opened' } },
    { topic: 'lawyer.inbound', key: '案件二', value: { what: 'asked' } },
  ]);
  await strategy.drained();
  expect([...seen].sort()).toEqual(['lawyer asked', 'opened prison.inbound 案件一 event']);
});

test('a dead letter holds the true cause, after as many tries as said', async () => {
  await start();
  await log.append([{ topic: 'prison.inbound', key: 'a', value: { what: 'bug' } }]);
  await strategy.drained();
  expect(seen).toHaveLength(3);
  const [letter] = await log.deadLetters('prison');
  expect(letter?.reason).toBe('TypeError: cannot read it ← Error: field is missing');
});

test('Poison is not tried again', async () => {
  await start();
  await log.append([{ topic: 'prison.inbound', key: 'a', value: { what: 'poison' } }]);
  await strategy.drained();
  expect(seen).toHaveLength(1);
  expect((await log.deadLetters('prison'))[0]?.reason).toBe('Poison: no such state');
});

test('NotYet waits beyond the tries and ends well', async () => {
  await start();
  await log.append([{ topic: 'prison.inbound', key: 'a', value: { what: 'early' } }]);
  const drained = strategy.drained();
  for (const end = performance.now() + 5000; seen.length < 6 && performance.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 5));
  isReady = true;
  await drained;
  expect(seen.length).toBeGreaterThanOrEqual(6);
  expect(await log.deadLetters('prison')).toEqual([]);
});

test('a handler that would answer is refused: a log carries events only', async () => {
  app = await NestFactory.createMicroservice(AskedApp, {
    strategy: new LogStrategy({ log, group: 'prison' }),
    logger: false,
  });
  await expect(app.listen()).rejects.toThrow('events only');
});
