import { join } from 'node:path';
import { generateSigningKey, officersOfTwo, TokenIssuer, verifyingKeys } from '@chuanyu/access';
import { openSqlite } from '@chuanyu/collections';
import { topics } from '@chuanyu/contracts';
import type { CaseDocument } from '@chuanyu/engine';
import { openFolder } from '@chuanyu/files';
import { publishedCalendar, realTime, twoProvinces } from '@chuanyu/reference';
import { casesOf, DomainService, Files, type Province } from '@chuanyu/service';
import { workflows } from '@chuanyu/workflows';
import { openLog } from '../engine';
import { everything } from '../../everything-flows';
import { CaseMaker } from '../made-cases';
import type { Ground } from '../row';
import { serve } from './answering';

export interface ServiceReady {
  readonly url: string;
  readonly token: string;
}

/** The prison service of Chongqing alone, as `runDomain` starts it, with cases that wait for 核实 by 张敏. */
serve(async (ground: Ground) => {
  const { folder } = ground;
  const directoryProvince = twoProvinces.province('chongqing');
  if (!directoryProvince) throw new Error('no Chongqing');
  const key = await generateSigningKey();
  const database = await openSqlite({ file: join(folder, 'cases.db') });
  const log = await openLog(ground, 'chongqing', join(folder, 'log.db'));
  const province: Province = {
    id: 'chongqing',
    directory: twoProvinces,
    officers: officersOfTwo,
    log,
    clock: realTime,
    realTime,
    calendar: publishedCalendar,
    tokenKeys: verifyingKeys(key),
    onError: (where, error) => process.stderr.write(`${where} ${String(error)}\n`),
  };
  const service = await DomainService.create({
    province,
    database,
    files: await Files.open(database, realTime, { store: await openFolder(join(folder, 'files')) }),
    domain: 'prison',
    workflows,
    host: '127.0.0.1',
    port: 0,
    peers: ['sichuan'],
  });
  await log.declare([{ name: topics.clauses }]);
  await log.append([{ topic: topics.clauses, key: everything.id, value: everything }]);
  await service.start();
  await service.settle();
  const cases = await database.collection<CaseDocument>(casesOf('prison'));
  const made = { count: 0 };
  const officer = 'cq.zhangmin';
  const { token } = await new TokenIssuer(key, directoryProvince, realTime, 1440).issue(officer);
  return {
    ready: { url: service.url, token } satisfies ServiceReady,
    answers: {
      /** Puts so many more cases into the store; answers the ids of those of 张敏's unit. */
      fill: async (count: number): Promise<readonly string[]> => {
        const maker = new CaseMaker(made.count + 1, realTime.millis(), made.count);
        made.count += count;
        const documents = Array.from({ length: count }, () => maker.make('notified').chongqing.document);
        await Promise.all(documents.map((document) => cases.insert(document)));
        const unit = officersOfTwo.officer(officer)?.unit;
        return documents.filter(({ head }) => head.units.counterpart === unit).map(({ id }) => id);
      },
      /** All that was said is on the log. */
      settle: () => service.settle(),
    },
    stop: async () => {
      await service.stop();
      await log.close();
      await database.close();
    },
  };
});
