import { createHash } from 'node:crypto';
import { granted } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

const PDF = 'application/pdf';
/** A form scanned at the office: what matters here is that every byte of it arrives. */
const aScan = (seed: number): Buffer => {
  const bytes = Buffer.alloc(1_200_000);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (Math.imul(at + seed, 2_654_435_761) >>> 13) & 0xff;
  bytes.write('%PDF-1.7\n');
  return bytes;
};
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** 附件: looked at when they are uploaded, carried with their step, and counted as delivered only when they are there whole. */
export const attachments = async (day: Day): Promise<void> => {
  const { personas } = day;
  day.chapter('附件随案过境', 'An attachment goes with its step');
  const zhou = await day.officer(prison.officer);
  const zhang = await day.officer(yubei.officer);
  const handover = await Handover.notify(day, personas.aPrisonerNearRelease(21));
  day.cases.set('attachments', handover.ref);
  await handover.verify();

  const scan = aScan(day.options.seed);
  const name = '出监评估表（扫描件）.pdf';
  day.refused(
    '改名为 PDF 的程序不收 a program called PDF is not taken',
    await zhou.upload('prison', name, Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)]), PDF),
    'unsupported-media-type',
    '不受理这类文件',
  );
  day.refused(
    '内容与扩展名不符的不收 nor a content of another kind than its name says',
    await zhou.upload('prison', '评估表.docx', scan, PDF),
    'unsupported-media-type',
    'PDF',
  );
  const plan = personas.aPlan();
  const unknown = { hash: hashOf(aScan(0)), name, type: PDF, size: scan.length };
  day.refused(
    '没有上传过的附件不能填 what was not uploaded cannot be named',
    await zhou.step(handover.ref, 'plan', { ...plan, report: unknown }),
    'bad-form',
    '没有找到这个附件',
  );
  const attached = granted(await zhou.upload('prison', `C:\\桌面\\${name}`, scan, PDF));
  day.equal('上传得到的内容填入表单，路径已去掉 the answer goes into the form; the path is gone', attached, {
    hash: hashOf(scan),
    name,
    type: PDF,
    size: scan.length,
  });

  granted(await day.dev.cut());
  try {
    granted(await zhou.step(handover.ref, 'plan', { ...plan, report: attached }));
    const mine = granted(await zhou.download(handover.ref, attached.hash));
    day.check('线路中断，本方照常可看 the line is cut; at home it can be read', mine.length === scan.length);
    const receipts = granted(await zhou.page(handover.ref)).timeline.at(-1)?.receipts;
    day.check('尚未送达 not delivered yet', receipts?.delivered === undefined, receipts);
  } finally {
    granted(await day.dev.heal());
  }
  await handover.reaches('planned');
  await day.comes('附件到齐，才算送达 it counts as delivered with its attachment', async () =>
    granted(await zhou.page(handover.ref)).timeline.some(
      ({ step, receipts }) => step === 'plan' && receipts.delivered !== undefined,
    ),
  );
  const theirs = granted(await zhang.download(handover.ref, attached.hash));
  day.equal(
    '重庆下载到的逐字节相同 byte by byte the same in Chongqing',
    hashOf(Buffer.from(theirs, 'latin1')),
    attached.hash,
  );
  day.refused(
    '别的单位查不到 another unit does not find it',
    await (await day.officer('cq.zhaolei')).download(handover.ref, attached.hash),
    'not-found',
  );
  day.refused(
    '知道哈希也不等于有权查看 to know the hash is not enough',
    await zhang.download(handover.ref, unknown.hash),
    'not-found',
    '没有找到这个附件',
  );
};
