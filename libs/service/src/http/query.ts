import { Refusal, type Fault } from '@chuanyu/contracts';

export type QueryFault = Fault;

/** The parameters of an address, each at most once and none but these. Throws a Refusal that names what is allowed. */
export const readQuery = <Name extends string>(
  url: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> => {
  const at = url.indexOf('?');
  const given = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const faults: Fault[] = [];
  const read: Partial<Record<Name, string>> = {};
  const seen = new Set<string>();
  for (const [name, value] of given) {
    const known = names.find((each) => each === name);
    const pointer = `/${name.slice(0, 64).replaceAll(/[^\w$[\].-]/g, '?')}`;
    if (known === undefined)
      faults.push({ pointer, rule: 'unknown-parameter', detail: `可用的参数：${names.join('、') || '无'}` });
    else if (seen.has(name)) faults.push({ pointer, rule: 'repeated', detail: '每个参数只能出现一次' });
    else if (/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/u.test(value) || !value.isWellFormed())
      faults.push({ pointer, rule: 'text', detail: '应为 UTF-8 编码的文字，不含控制字符' });
    else read[known] = value;
    seen.add(name);
    if (faults.length >= 20) break;
  }
  if (faults.length > 0) throw new Refusal('bad-request', '查询参数有误', { errors: faults });
  return read;
};
