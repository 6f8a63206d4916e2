import type { PaperPage } from '@chuanyu/service';
import { granted, request, type Reply } from '../client';
import type { Day } from './day';
import { chongqingBar as theirs, sichuanBar as home, Traineeship } from './traineeship';

/** What anybody reads who holds a paper. */
interface Checked {
  readonly valid: boolean;
  readonly says: string;
}
const why = { reason: '实习鉴定材料不实' };

/** 实习记录证明: printed, checked by anybody, recognised by the other province, withdrawn while the line is cut. */
export const certificate = async (day: Day): Promise<void> => {
  day.chapter('证明与公开查验', 'A certificate, and the public check');
  const form = day.personas.anInternship();
  const made = await Traineeship.publicise(day, home, form);
  const officer = await day.officer(home.officer);
  const paper = <T>(format: 'pdf' | 'json'): Promise<Reply<T>> =>
    officer.get<T>(`/api/lawyer/trainee-certificate/${made.certificate.id}/documents/certificate.${format}`);
  day.refused('公示期间不出具证明 no paper while it is publicised', await paper('pdf'), 'not-possible', '公示中');
  await made.passesPublicity();

  day.check('出具 PDF printed as PDF', granted(await paper<string>('pdf')).startsWith('%PDF-'));
  const page = granted(await paper<PaperPage>('json'));
  const [number, code] = [page.number, page.check?.code ?? ''];
  day.tell(`《${page.title}》${number}　${page.issuer.unitName}　${page.on}`, page.check?.address ?? '—');
  day.check(
    'JSON 与之同载 the JSON beside it says the same',
    page.lines.some(({ text }) => text === form.name),
    page.lines,
  );
  const stranger = await (
    await day.officer(theirs.officer)
  ).get(`/api/lawyer/trainee-certificate/${made.certificate.id}/documents/certificate.pdf`);
  day.refused('对方省份的经办人看不到 no officer of the other province sees it', stranger, 'not-found');

  const valid = granted(await check(day, number, code));
  day.check('任何人凭编号和查验码可知有效 anybody with number and code learns that it is valid', valid.valid, valid);
  const said = JSON.stringify(valid);
  day.check(
    '答复没有个人信息 the answer says nothing of the person',
    ![form.name, form.residentId, form.firm].some((each) => said.includes(each)),
    said,
  );
  const wrong = await check(
    day,
    number,
    code.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  );
  day.refused('查验码不符 a wrong code', wrong, 'not-found', '编号和查验码');
  const unknown = await check(day, '川律实证〔2026〕9999号', code);
  day.equal('编号不存在，答复相同 an unknown number is answered alike', answerOf(unknown), answerOf(wrong));

  const recognition = await made.send(theirs);
  await made.recognise(theirs, recognition);
  granted(await day.dev.cut());
  try {
    await made.take(home, made.certificate, 'withdraw', why);
    const { valid: holds, says } = granted(await check(day, number, code));
    day.equal(
      '线路已断，撤回后查验立即显示 withdrawn while the line is cut, and the check says so at once',
      [holds, says],
      [false, '已撤回，不得作为依据'],
    );
    day.refused('撤回后不再出具 nothing is printed any more', await paper('pdf'), 'not-possible', '已撤回');
  } finally {
    granted(await day.dev.heal());
  }
  await day.comes('线路恢复，重庆得知撤回 healed, Chongqing knows', () =>
    made.reaches(theirs, recognition, 'withdrawn'),
  );
};

const check = (day: Day, number: string, code: string): Promise<Reply<Checked>> =>
  request(day.url('sichuan'), 'GET', `/public/check?${new URLSearchParams({ number, code }).toString()}`);
const answerOf = (reply: Reply<unknown>): unknown => (reply.ok ? reply.body : reply.problem);
