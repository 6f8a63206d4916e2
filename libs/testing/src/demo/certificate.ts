import type { PaperPage } from '@chuanyu/service';
import { addDays } from '@chuanyu/reference';
import { granted, request, type CaseRef, type Reply } from '../client';
import type { Day } from './day';

const DAY = 86_400_000;
const keeper = { officer: 'sc.yuanmei', leader: 'sc.zenghui' } as const;

/** What anybody reads who holds a paper. */
interface Checked {
  readonly number: string;
  readonly valid: boolean;
  readonly says: string;
  readonly issuer: { readonly province: string; readonly unit: string };
  readonly lines: readonly { readonly label: string; readonly text: string }[];
}

/** 实习记录证明: printed, checked by anybody, withdrawn. */
export const certificate = async (day: Day): Promise<void> => {
  const { personas } = day;
  day.chapter('证明与公开查验', 'A certificate, and the public check');
  const yuan = await day.officer(keeper.officer);
  const trainee = { name: personas.aName(), residentId: personas.aResidentId('510107') };
  const form = {
    ...trainee,
    firm: personas.noted('四川锦水律师事务所'),
    kind: '实习期',
    from: addDays(day.today, -400),
    until: addDays(day.today, -20),
    result: '合格',
    publicUntil: addDays(day.today, 6),
  };
  const opened = granted(
    await yuan.post<{ id: string; drafts: { id: string }[] }>('/api/lawyer/trainee-certificate', { form }),
  );
  const ref: CaseRef = { workflow: 'lawyer.trainee-certificate', id: opened.id };
  const zeng = await day.officer(keeper.leader);
  const draft = opened.drafts[0]?.id ?? '';
  await day.until('to sign', async () => granted(await zeng.toSign()).items.some((item) => item.draft.id === draft));
  granted(await zeng.sign(draft));

  const paper = (format: 'pdf' | 'json'): Promise<Reply<unknown>> =>
    yuan.get(`/api/lawyer/trainee-certificate/${ref.id}/documents/certificate.${format}`);
  day.refused('公示期间不出具证明 no paper while it is publicised', await paper('pdf'), 'not-possible', '公示中');
  await day.advance(8 * DAY);
  await day.until('certified', async () => granted(await yuan.page(ref)).state.name === 'certified');
  day.tell('公示期满无异议，记录生效。', 'The publicity is over without objection: the record is valid.');

  const pdf = granted(await paper('pdf'));
  day.check('出具 PDF printed as PDF', String(pdf).startsWith('%PDF-'));
  const page = granted(
    await yuan.get<PaperPage>(`/api/lawyer/trainee-certificate/${ref.id}/documents/certificate.json`),
  );
  day.tell(
    `《${page.title}》${page.number}，${page.issuer.unitName}，${page.on}`,
    `checked at ${page.check?.address ?? '—'}`,
  );
  day.check(
    '同一内容的 JSON 也有姓名 the JSON beside it says the same',
    JSON.stringify(page.lines).includes(trainee.name),
  );

  const ask = (number: string, code: string) =>
    request<Checked>(day.url('sichuan'), 'GET', `/public/check?${new URLSearchParams({ number, code }).toString()}`);
  const [number, code] = [page.number, page.check?.code ?? ''];
  const valid = granted(await ask(number, code));
  day.check('任何人凭编号和查验码可知有效 anybody with number and code learns that it is valid', valid.valid, valid);
  const said = JSON.stringify(valid);
  day.check(
    '查验结果没有个人信息 the answer says nothing of the person',
    ![...Object.values(trainee), form.firm].some((each) => said.includes(each)),
    said,
  );
  const wrong = await ask(
    number,
    code.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  );
  const unknown = await ask('川律实证〔2026〕9999号', code);
  day.refused('查验码不符 a wrong code', wrong, 'not-found', '编号和查验码');
  day.equal(
    '编号不存在，答复相同 an unknown number is answered alike',
    unknown.ok ? unknown.body : unknown.problem,
    wrong.ok ? wrong.body : wrong.problem,
  );

  granted(await day.dev.cut());
  const withdrawing = granted(await yuan.step(ref, 'withdraw', { reason: personas.noted('实习鉴定材料不实') }));
  granted(
    await day.until('to sign', async () => {
      const reply = await zeng.sign(withdrawing.drafts.at(-1)?.id ?? '');
      return reply.ok && reply;
    }),
  );
  const withdrawn = granted(await ask(number, code));
  day.equal(
    '撤回后，断线期间查验也立即显示 withdrawn: the check says so at once, the line being cut',
    [withdrawn.valid, withdrawn.says],
    [false, '已撤回，不得作为依据'],
  );
  day.refused('撤回后不再出具 nothing is printed any more', await paper('pdf'), 'not-possible', '已撤回');
  granted(await day.dev.heal());
};
