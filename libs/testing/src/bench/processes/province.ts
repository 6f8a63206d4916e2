import { join } from 'node:path';
import { officersOfTwo } from '@chuanyu/access';
import { noPeers } from '@chuanyu/exchange';
import { ProvinceFiles, RunningProvince, seedAccounts } from '@chuanyu/provinces';
import { publishedCalendar, realTime, MovableClock, twoProvinces } from '@chuanyu/reference';
import { MeasuredEngine } from '../engine';
import type { Ground } from '../row';
import { serve } from './answering';

export interface ProvinceAsked {
  readonly ground: Ground;
  /** Each province in a folder below. */
  readonly data: string;
  readonly province: string;
  /** Whose exchange it hears; nobody's where absent. */
  readonly peer?: string;
}

/** When a case came to be seen so in the lists of a province, by the clock that all processes of a machine share. */
export interface Seen {
  readonly case: string;
  readonly side: string;
  readonly state: string;
  readonly at: number;
}
/** Milliseconds by that clock. */
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

/** All services of one province in one process, as on a small province's machine. */
serve(async ({ ground, data, province: id, peer }: ProvinceAsked) => {
  const tell = (message: object): void => void process.send?.(message);
  const open = async (of: string): Promise<RunningProvince> => {
    const files = new ProvinceFiles(join(data, of));
    await files.prepare();
    return RunningProvince.open({
      id: of,
      files,
      engine: new MeasuredEngine(ground, of, files),
      directory: twoProvinces,
      officers: officersOfTwo,
      clock: new MovableClock(),
      calendar: publishedCalendar,
      port: 0,
      host: '127.0.0.1',
      onError: (where, error) => process.stderr.write(`${where}: ${String(error)}\n`),
      onAlarm: (what) => process.stderr.write(`alarm: ${what}\n`),
    });
  };
  const province = await open(id);
  const peers = peer === undefined ? [] : [await open(peer)];
  const { files, clock } = province.options;
  await province.start(peers, await files.keyring(clock), (await files.pairing()) ?? noPeers);
  if (peer === undefined) await seedAccounts(province);
  let seen: Seen[] = [];
  province.gateway?.book.onChange(({ after: { row } }) => {
    seen.push({ case: row.id, side: row.side, state: row.state ?? '', at: monotonic() });
  });
  const telling = setInterval(() => {
    if (seen.length > 0) tell({ seen });
    seen = [];
  }, 20);
  return {
    ready: province.url,
    answers: { now: () => realTime.millis(), settle: () => province.settle() },
    stop: async () => {
      clearInterval(telling);
      await province.stop();
      await Promise.all([province, ...peers].map((each) => each.close()));
    },
  };
});
