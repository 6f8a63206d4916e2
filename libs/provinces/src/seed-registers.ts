import { call, signInAs, type SeededProvince, type SeededProvinces } from './seed-client';

interface Sheet {
  readonly officer: string;
  readonly domain: string;
  readonly register: string;
  /** As an office program saves it. */
  readonly csv: string;
}
const rooms = `会见室,开放日,开始时间,结束时间
一号视频会见室,周一、周二、周三、周四、周五,9:00,11:30
二号视频会见室,周二、周四、周六,14:00,16:00
`;

/** People who do not exist, as three places keep them. */
const sheets: readonly Sheet[] = [
  {
    officer: 'sc.wangping',
    domain: 'prison',
    register: 'inmates',
    csv: `罪犯编号,姓名,处遇等级,已核准亲属
5101001,王建国,宽管,李兰、王小宝
5101002,陈志强,普管,刘芳、陈浩
5101003,赵德明,考察,孙丽
5101004,周立新,严管,周敏
`,
  },
  { officer: 'sc.wangping', domain: 'prison', register: 'rooms', csv: rooms },
  {
    officer: 'sc.songyan',
    domain: 'prison',
    register: 'inmates',
    csv: `罪犯编号,姓名,处遇等级,已核准亲属
5102001,何文斌,宽管,吴秀英、何雨
5102002,罗永康,普管,罗大海
`,
  },
  { officer: 'sc.songyan', domain: 'prison', register: 'rooms', csv: rooms },
  // This prison allows one more to those who do well.
  {
    officer: 'sc.songyan',
    domain: 'prison',
    register: 'visit-quotas',
    csv: '处遇等级,每月次数\n宽管,3\n',
  },
  {
    officer: 'sc.fanli',
    domain: 'drug-rehab',
    register: 'inmates',
    csv: `戒毒人员编号,姓名,处遇等级,已核准亲属
5103001,唐小军,宽管,唐国华、郑玉梅
5103002,彭亮,普管,彭建
`,
  },
  { officer: 'sc.fanli', domain: 'drug-rehab', register: 'rooms', csv: rooms },
];

/** Registers of two prisons and a rehabilitation centre, by the files that their officers hand in; once: what they change later stays. */
export const seedRegisters = async (provinces: SeededProvinces, id = 'sichuan'): Promise<void> => {
  const province = provinces.all.get(id);
  if (!province) return;
  for (const { officer, domain, register, csv } of sheets) {
    const unit = province.options.officers.officer(officer)?.unit ?? '';
    const token = await signInAs(province, officer);
    if ((await countOf(province, token, { domain, register, unit })) > 0) continue;
    const answer = await fetch(new URL(`/api/${domain}/registers/${register}/import`, province.url), {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv', Authorization: `Bearer ${token}` },
      body: csv,
    });
    if (!answer.ok) throw new Error(`${officer}, ${register}: ${answer.status} ${await answer.text()}`);
  }
};

interface Overview {
  readonly items: readonly {
    readonly name: string;
    readonly units: readonly { readonly id: string; readonly records: number }[];
  }[];
}
const countOf = async (
  province: SeededProvince,
  token: string,
  { domain, register, unit }: { readonly domain: string; readonly register: string; readonly unit: string },
): Promise<number> => {
  const { items } = (await call(province, token, 'GET', `/api/${domain}/registers`)) as Overview;
  const units = items.find(({ name }) => name === register)?.units ?? [];
  return units.find(({ id }) => id === unit)?.records ?? 0;
};
