import { ListOf, Optional, PersonNames, Private, Shared, Text, Whole } from '../index';
import { defineRegister } from './register';
import { WorkflowFaults } from './define';
import { Workflows } from './registry';
import { faultsOf, right } from './sample.fixture';
import { defineWorkflow } from './define';

class Room {
  @Text(20) @Private('会见室') name!: string;
  @Whole(1, 9) @Private('座位') seats!: number;
  @PersonNames() @Optional() @Private('管理员') keepers?: string[];
}
const file = { title: '会见室', english: 'Rooms', of: Room, key: 'name', keptBy: ['answerer'] } as const;
const faults = (change: object, name = 'rooms'): readonly string[] => {
  try {
    defineRegister(name, { ...file, ...change });
    return [];
  } catch (error) {
    if (error instanceof WorkflowFaults) return error.faults;
    throw error;
  }
};
class Unmarked {
  @Text(20) name!: string;
}
class Leaving {
  @Text(20) @Shared('会见室') name!: string;
}
class Nested {
  @Text(20) @Private('会见室') name!: string;
  @ListOf(Room) @Private('分室') rooms!: Room[];
}
class Twins {
  @Text(20) @Private('会见室') name!: string;
  @Text(20) @Private('会见室') other!: string;
}

it('takes a register that is in order', () => {
  expect(faults({})).toEqual([]);
});
it.each([
  ['no title', { title: ' ' }, 'has no title'],
  ['nobody who keeps it', { keptBy: [] }, 'is kept by nobody'],
  ['a key that is no field', { key: 'number' }, 'the key number is not a text that is always there'],
  ['a key that is no text', { key: 'seats' }, 'the key seats is not a text that is always there'],
  ['a field without a mark', { of: Unmarked }, 'form Unmarked: field name has no audience mark'],
  ['a field that would cross', { of: Leaving }, 'field name is shared: a register never leaves its province'],
  ['a list of forms', { of: Nested }, 'field rooms does not fit into the cell of a spreadsheet'],
  ['two columns of one title', { of: Twins }, 'two fields are called 会见室'],
])('refuses %s', (_, change, fault) => {
  expect(faults(change)).toContain(fault);
});
it('refuses a name that is none for a route', () => {
  expect(faults({}, 'Rooms')).toContain('Rooms is not a name in kebab-case');
});

const rooms = defineRegister('rooms', file);
it('is named in a workflow file once, and kept by one of its roles', () => {
  expect(faultsOf({ registers: [rooms] })).toEqual([]);
  expect(faultsOf({ registers: [rooms, rooms] })).toContain('register rooms is named twice');
  const strange = defineRegister('rooms', { ...file, keptBy: ['nobody'] });
  expect(faultsOf({ registers: [strange] })).toContain('register rooms is kept by nobody, none of them a role here');
  expect(faultsOf({ registers: [rooms] }, 'test.registers')).toContain(
    'the name registers is taken by the pages of registers',
  );
});
it('is known by domain, once however many workflows look into it; two of one name are not', () => {
  type File = Parameters<typeof defineWorkflow>[1];
  const named = (id: string, register = rooms) =>
    defineWorkflow(id, { ...right, registers: [register] } as unknown as File);
  const other = defineRegister('rooms', file);
  const workflows = new Workflows([named('test.one'), named('test.two'), named('elsewhere.one', other)]);
  expect(workflows.registers('test')).toEqual([rooms]);
  expect(workflows.registers('elsewhere')[0]).toBe(other);
  expect(workflows.registers('nowhere')).toEqual([]);
  expect(() => new Workflows([named('test.one'), named('test.two', other)])).toThrow(
    'test has two registers called rooms',
  );
});
it('names a step that offers other forms without a form or a claim', () => {
  const steps = { ...right.steps, close: { ...right.steps.close, instead: () => [] } };
  expect(faultsOf({ steps })).toContain('step close offers other forms, and has none');
});
