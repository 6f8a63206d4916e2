import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { topics } from '@chuanyu/contracts';
import { eachRecord, type EventLog, type LogRecord, type NewRecord } from '@chuanyu/event-log';
import type { RunningProvince } from '@chuanyu/provinces';
import type { Stage } from './stage.fixture';

/** A file that is one by its first bytes; the same seed brings the same content. */
export const aPdf = (length: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (Math.imul(at + seed * 7919, 2_654_435_761) >>> 13) & 0xff;
  bytes.write('%PDF-1.7\n');
  return bytes;
};
export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What happens to pieces on their way to the border: `through` gets each and puts what it likes. */
export const onTheWay = (
  province: RunningProvince,
  through: (record: NewRecord, put: (record: NewRecord) => Promise<void>) => Promise<void>,
): { readonly restore: () => void } => {
  const { log } = province;
  const append: EventLog['append'] = log.append.bind(log);
  const spy = jest.spyOn(log, 'append').mockImplementation(async (records) => {
    for (const record of records) {
      if (record.topic.endsWith('.files')) await through(record, (each) => append([each]));
      else await append([record]);
    }
  });
  return { restore: () => spy.mockRestore() };
};
/** Every piece that a province has put on its border. */
export const piecesOn = async (province: RunningProvince, to: string): Promise<readonly LogRecord[]> =>
  Array.fromAsync(eachRecord(province.log, topics.files(province.options.id, to)));
/** Names of the contents that lie in a province's store. */
export const contentsOf = async ({ options }: RunningProvince): Promise<readonly string[]> =>
  (await readdir(options.files.file('files'), { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map(({ name }) => name)
    .sort();

/** A handover up to 待评估, on both sides. */
export const verified = async (stage: Stage): Promise<string> => {
  const id = await stage.openHandover();
  await stage.drain();
  await stage.verify(id);
  await stage.drain();
  return id;
};
