import Ajv from 'ajv/dist/2020';
import { markedFields, schemaOptions } from '../derive';
import { crosses, isPublic, partSchema } from '../derive/parts';
import { dataClasses, excess, privatePart, publicPart, sharedPart, withoutRestricted } from './disclosure';
import { ListOf, Text, Whole } from './fields';
import { Private, Public, Restricted, Shared } from './marks';

class Item {
  @Text(20) @Shared('名称', 'contact') name!: string;
  @Whole(1, 9) @Private('数量') count!: number;
}
class Form {
  @Text(20) @Private('内部') inside!: string;
  @Text(20) @Restricted('受理单位', 'health') addressed!: string;
  @Text(20) @Shared('对方', 'family') other!: string;
  @Text(20) @Public('公开') all!: string;
  @ListOf(Item) @Shared('明细', 'risk') items!: Item[];
}
const value = { inside: '一', addressed: '二', other: '三', all: '四', items: [{ name: '五', count: 6 }] };

it('cuts a form for each reader, lists included', () => {
  expect(sharedPart(Form, value)).toEqual({ addressed: '二', other: '三', all: '四', items: [{ name: '五' }] });
  expect(privatePart(Form, value)).toEqual({ inside: '一' });
  expect(publicPart(Form, value)).toEqual({ all: '四' });
  expect(withoutRestricted(Form, value)).toEqual({
    inside: '一',
    other: '三',
    all: '四',
    items: [{ name: '五', count: 6 }],
  });
});
it('keeps at home what nobody marked', () => {
  expect(sharedPart(Form, { ...value, secret: '七' })).not.toHaveProperty('secret');
  expect(privatePart(Form, { ...value, secret: '七' })).toEqual({ inside: '一', secret: '七' });
  expect(excess(Form, { other: '三', secret: '七', inside: '一' })).toEqual(['secret', 'inside']);
  expect(excess(Form, { items: value.items })).toEqual(['items[].count']);
  expect(excess(undefined, { other: '三' })).toEqual(['other']);
});
it('names the classes of data that would cross', () => {
  expect(dataClasses(Form, value)).toEqual(['business', 'contact', 'family', 'health', 'risk']);
  expect(dataClasses(Form, { items: [] })).toEqual(['risk']);
  expect(dataClasses(Form, { inside: '一' })).toEqual([]);
});
it('describes each cut by a schema that takes it and nothing more', () => {
  const ajv = new Ajv(schemaOptions);
  const shared = ajv.compile(partSchema(Form, crosses));
  const open = ajv.compile(partSchema(Form, isPublic));
  expect([shared(sharedPart(Form, value)), open(publicPart(Form, value))]).toEqual([true, true]);
  expect([shared(value), open(sharedPart(Form, value))]).toEqual([false, false]);
  expect(shared({ ...sharedPart(Form, value), items: value.items })).toBe(false);
});
it('lets what lies in a list go no further than the list', () => {
  class Open {
    @Text(20) @Public('名称') name!: string;
  }
  class Closed {
    @ListOf(Open) @Private('名单') list!: Open[];
  }
  expect(markedFields(Closed).map((field) => `${field.path} ${field.audience}`)).toEqual([
    'list private',
    'list[].name private',
  ]);
});
