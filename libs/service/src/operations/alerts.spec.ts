import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Meters } from './meters';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}
const isRules = (value: unknown): value is Rules => typeof value === 'object' && value !== null && 'groups' in value;

it('calls an operator by figures that there are', () => {
  const read: unknown = parse(readFileSync(join(__dirname, '../../../../docs/operations/alerts.yml'), 'utf8'));
  const rules = isRules(read) ? read.groups.flatMap((group) => group.rules) : [];
  expect(rules.length).toBeGreaterThan(10);
  const names = new Meters({ province: 'sichuan', service: 'prison' }).names;
  const known = new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]));
  for (const { alert, expr, annotations } of rules) {
    expect(alert).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(annotations).toEqual({ summary: expect.any(String) });
    const named = expr.match(/chuanyu_\w+/g) ?? [];
    expect([alert, named.filter((name) => !known.has(name))]).toEqual([alert, []]);
  }
});
