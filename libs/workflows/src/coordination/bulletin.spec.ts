import { anAttached } from '@chuanyu/engine';
import { given, type GivenCase } from '../given.fixture';
import { bulletin } from './bulletin';

const named = (name: string) => ({ ...anAttached, name });
const form = {
  year: 2026,
  issue: 1,
  asOf: '2026-11-23',
  summary: '清单共有项目52项。',
  document: named('通报.docx'),
  sheet: named('项目清单.xlsx'),
  snapshot: named('清单数据.txt'),
};
const submitted = (): GivenCase => {
  const made = given(bulletin);
  made.take('liaison-officer', 'submit', form);
  made.sign('liaison-leader');
  return made;
};

describe('通报', () => {
  it('is issued when both sides have signed, with the same files for both', () => {
    const made = submitted();
    expect(made.state).toBe('reviewing');
    made.take('peer-liaison-officer', 'issue');
    expect(made.state).toBe('reviewing');
    made.sign('peer-liaison-leader');
    expect(made.state).toBe('issued');
    expect(made.at('counterpart').facts['Bulletin']?.shared).toEqual(form);
  });
  it('goes back with remarks, and comes again', () => {
    const made = submitted();
    made.take('peer-liaison-officer', 'remark', { remarks: '第三部分请补充原因' });
    expect(made.state).toBe('revising');
    made.take('liaison-officer', 'revise', { ...form, summary: '已补充。' });
    made.sign('liaison-leader');
    expect(made.state).toBe('reviewing');
  });
  it('is superseded by the next one', () => {
    const made = submitted();
    made.take('peer-liaison-officer', 'issue');
    made.sign('peer-liaison-leader');
    made.take('liaison-officer', 'supersede', { number: '川协通〔2026〕2号' });
    expect([made.state, made.isClosed]).toEqual(['superseded', true]);
  });
  it('refuses a day ahead, or a year that is not that day’s', () => {
    expect(() => given(bulletin).take('liaison-officer', 'submit', { ...form, asOf: '2026-11-24' })).toThrow(
      '不得晚于今日',
    );
    expect(() => given(bulletin).take('liaison-officer', 'submit', { ...form, year: 2025 })).toThrow(
      '年度应与截止日期一致',
    );
  });
});
