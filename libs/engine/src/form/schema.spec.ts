import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { schemaOptions } from '../derive';
import {
  Attachment,
  CalendarDate,
  Division,
  Instant,
  ListOf,
  OneOf,
  Optional,
  PersonName,
  ResidentId,
  SomeOf,
  Telephone,
  Text,
  UnitOf,
  Whole,
  YesNo,
} from './fields';
import type { Attached } from './attached';
import { Private, Public, Restricted, Shared, Version, versionOf } from './marks';
import { exampleOf, readForm, schemaOf } from './schema';

class Item {
  @Text(20) @Shared('名称') name!: string;
  @Whole(1, 9) @Private('数量') count!: number;
  @Text(20) @Optional() @Shared('备注') note?: string;
}
class Everything {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @ResidentId() @Restricted('证件号码', 'identity') residentId!: string;
  @CalendarDate() @Public('日期') on!: string;
  @Instant() @Shared('时间') at!: string;
  @Division() @Shared('地区') where!: string;
  @YesNo() @Shared('是否') yes!: boolean;
  @Telephone() @Optional() @Shared('电话', 'contact') telephone?: string;
  @Text(20) @Private('事由') matter!: string;
  @Text(400) @Optional() @Private('说明') note?: string;
  @OneOf('甲', '乙') @Shared('类别') kind!: string;
  @UnitOf('prison') @Shared('监狱') prison!: string;
  @Whole(1, 9) @Shared('人数') count!: number;
  @SomeOf('甲', '乙', '丙') @Shared('可多选') some!: string[];
  @ListOf(Item, 3) @Shared('明细') items!: Item[];
  @Attachment() @Optional() @Shared('附件') file?: Attached;
}
const aFile = { hash: 'a'.repeat(64), name: '评估表.pdf', type: 'application/pdf', size: 48_213 };
const right = { ...exampleOf(Everything), items: [{ name: '被褥', count: 2 }], file: aFile };
const faultsOf = (value: unknown): readonly string[] => {
  const read = readForm(Everything, value);
  return 'faults' in read ? read.faults.map((fault) => `${fault.pointer} ${fault.rule}`) : [];
};
const check = new Ajv(schemaOptions).compile(schemaOf(Everything));

it('takes a right form as it is, and drops what is optional and empty', () => {
  expect(readForm(Everything, right)).toEqual({ form: right });
  expect(readForm(Everything, { ...right, telephone: null })).toEqual({ form: right });
  const { file: _, ...without } = right;
  expect(readForm(Everything, { ...right, file: null })).toEqual({ form: without });
  expect(readForm(Everything, { ...right, items: [{ ...right.items[0], note: null }] })).toEqual({ form: right });
  expect(check(right)).toBe(true);
});

describe('points at every field that is wrong', () => {
  const without = (name: string): object => Object.fromEntries(Object.entries(right).filter(([each]) => each !== name));
  it.each([
    ['a name with digits', { ...right, name: '张3' }, '/name person-name'],
    [
      'an ID number with a wrong check digit',
      { ...right, residentId: '510107199003077210' },
      '/residentId resident-id',
    ],
    ['a day that does not exist', { ...right, on: '2026-02-30' }, '/on date'],
    ['an instant without milliseconds', { ...right, at: '2026-12-01T01:00:00Z' }, '/at instant'],
    ['an unknown division', { ...right, where: '999999' }, '/where division'],
    ['yes as a word', { ...right, yes: 'true' }, '/yes isBoolean'],
    ['a telephone number that is none', { ...right, telephone: 'call me' }, '/telephone telephone'],
    ['a text too long', { ...right, matter: '事'.repeat(21) }, '/matter text'],
    ['a line break in a line', { ...right, matter: '一\n二' }, '/matter text'],
    ['an empty optional text', { ...right, note: '' }, '/note text'],
    ['a choice that is not there', { ...right, kind: '丁' }, '/kind isIn'],
    ['a unit that is no code', { ...right, prison: '成都监狱' }, '/prison unit'],
    ['a number out of bounds', { ...right, count: 10 }, '/count max'],
    ['half a person', { ...right, count: 1.5 }, '/count isInt'],
    ['a number as text', { ...right, count: '1' }, '/count isInt'],
    ['a choice made twice', { ...right, some: ['甲', '甲'] }, '/some some-of'],
    ['too many items', { ...right, items: Array.from({ length: 4 }, () => right.items[0]) }, '/items arrayMaxSize'],
    ['an item that is wrong', { ...right, items: [right.items[0], { name: '', count: 2 }] }, '/items/1/name text'],
    [
      'an unknown field in an item',
      { ...right, items: [{ ...right.items[0], more: 1 }] },
      '/items/0/more unknown-field',
    ],
    ['an attachment that is a text', { ...right, file: 'data:text/plain,' }, '/file attachment'],
    ['an attachment without a size', { ...right, file: { ...aFile, size: undefined } }, '/file attachment'],
    ['an empty attachment', { ...right, file: { ...aFile, size: 0 } }, '/file attachment'],
    ['a hash in capitals', { ...right, file: { ...aFile, hash: 'A'.repeat(64) } }, '/file attachment'],
    ['an attachment named by a path', { ...right, file: { ...aFile, name: '../../a.pdf' } }, '/file attachment'],
    ['a name that turns round', { ...right, file: { ...aFile, name: 'a\u202efdp.exe' } }, '/file attachment'],
    ['an attachment with more', { ...right, file: { ...aFile, content: 'JVBERi0=' } }, '/file attachment'],
    ['an unknown field', { ...right, more: 1 }, '/more unknown-field'],
    ['a field with slashes', { ...right, 'a/b~c': 1 }, '/a~1b~0c unknown-field'],
    ['a missing field', without('matter'), '/matter text'],
    ['a required field set to null', { ...right, matter: null }, '/matter text'],
  ])('%s', (_, value, fault) => {
    expect(faultsOf(value)).toContain(fault);
  });
  it('and at all of them at once, in Chinese', () => {
    const read = readForm(Everything, {});
    const faults = 'faults' in read ? read.faults : [];
    const required = schemaOf(Everything)['required'] as readonly string[];
    expect([...new Set(faults.map((fault) => fault.pointer))].sort()).toEqual(
      required.map((name) => `/${name}`).sort(),
    );
    for (const fault of faults) expect(fault.detail).toMatch(/^必填：\p{Script=Han}/u);
  });
});

describe('hostile input', () => {
  const deep = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { items: value };
    return value;
  };
  it.each([
    ['null', null],
    ['nothing', undefined],
    ['a list', [right]],
    ['a text', 'form'],
    ['a number', 7],
    ['a class', Everything],
    ['a date', new Date(0)],
    ['100 000 levels', { ...right, items: deep(100_000) }],
    ['100 000 levels in an unknown field', { ...right, more: deep(100_000) }],
    ['100 000 items', { ...right, items: Array.from({ length: 100_000 }, () => ({})) }],
    ['items that are lists', { ...right, items: [[], [[]]] }],
    ['items that are null', { ...right, items: [null] }],
    ['a list with holes', { ...right, items: new Array(3) }],
    ['an object that looks like a list', { ...right, items: { length: 1, 0: { name: '被褥', count: 2 } } }],
    ['a text object', { ...right, matter: new String('事由') }],
    ['an object with toString', { ...right, matter: { toString: () => '事由' } }],
    [
      'a field that throws',
      Object.defineProperty({ ...right }, 'matter', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'an item that throws',
      {
        ...right,
        items: [
          Object.defineProperty({}, 'name', {
            enumerable: true,
            get: () => {
              throw new Error('no');
            },
          }),
        ],
      },
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    [
      'a circle',
      (() => {
        const circle: Record<string, unknown> = { ...right };
        circle['items'] = [circle];
        return circle;
      })(),
    ],
    ['lone surrogates', { ...right, matter: '\ud800' }],
    ['__proto__ from JSON', JSON.parse('{"__proto__": {"matter": "事由"}}')],
    ['constructor', { ...right, constructor: { prototype: {} } }],
    ['a symbol', { ...right, matter: Symbol('事由') }],
    ['a big number', { ...right, count: 1n }],
    ['no number', { ...right, count: Number.NaN }],
  ])('%s is refused and changes nothing', (_, value) => {
    const read = readForm(Everything, value);
    expect('faults' in read && read.faults.length > 0).toBe(true);
    expect(Object.hasOwn(Object.prototype, 'matter')).toBe(false);
  });
  it('is never taken over from a prototype', () => {
    const inherited: object = Object.create(right) as object;
    expect(faultsOf(inherited)).toContain('/matter text');
    const read = readForm(Everything, JSON.parse(`${JSON.stringify(right).slice(0, -1)},"__proto__":{"admin":true}}`));
    expect('form' in read && 'admin' in read.form).toBe(false);
  });
  it('is answered, whatever it is: it never throws, and what it takes fits the schema', () => {
    const field = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withSparseArray: true }), fc.jsonValue());
    const nearly = fc
      .tuple(fc.constantFrom(...Object.keys(right)), field)
      .map(([name, value]) => ({ ...right, [name]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withObjectString: true, withNullPrototype: true }), nearly), (value) => {
        const read = readForm(Everything, value);
        if ('form' in read) expect([value, check(read.form)]).toEqual([value, true]);
        else expect(read.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 600, seed: 20260101 },
    );
  });
});

it('reads the version of a form, 1 unless said', () => {
  @Version(3)
  class Third {
    @Text(9) @Shared('甲') one!: string;
  }
  expect([versionOf(Third), versionOf(Everything), versionOf(undefined)]).toEqual([3, 1, 1]);
});
