import type { CollectionDefinition, Document } from '@chuanyu/collections';
import type { CaseRow } from '@chuanyu/contracts';
import type { Workflow, Workflows } from '@chuanyu/engine';
import type { Directory } from '@chuanyu/reference';

/** A case's row as the gateway keeps it, with what its lists are found and sorted by. */
export interface KeptRow extends Document {
  readonly row: CaseRow;
  /** This side has the turn. */
  readonly ours: boolean;
  /** `due`, or the end of time, so that what has none comes last. */
  readonly dueBy: string;
  /** The number with its digits filled up, so that 2号 comes before 10号. */
  readonly numberBy: string;
  /** Who finds it though it is sealed (`officer …`, `leader <unit> <role>`); empty where it is not. */
  readonly sealedFor: readonly string[];
  /** On whose desk it lies (`deskOf`); empty where the other side has the turn. */
  readonly desks: readonly string[];
  /** Roles of this side that may take a step now. */
  readonly takers: readonly string[];
  /** Roles that may sign one of its drafts. */
  readonly signers: readonly string[];
  readonly draftIds: readonly string[];
  /** The unit in charge and those above it, from the top: so that whoever sees many units still asks for one value. */
  readonly above: Readonly<Record<string, string>>;
}
/** Units this far below the top are found by one value; deeper ones by name, which is as right and slower. */
export const LEVELS = 4;

/** Rises whenever `KeptRow` changes: the lists of another shape are left alone, and read anew from the log. */
export const SHAPE = 1;

const levels = Array.from({ length: LEVELS }, (_, level) => `above.${level}`);
export const rowsOf = (generation: number): CollectionDefinition => ({
  name: `gateway.rows.${SHAPE}.${generation}`,
  fields: [
    'row.unit',
    'row.workflow',
    'row.state',
    'row.turn',
    'row.peer',
    'row.closed',
    'row.sealed',
    'row.changedAt',
    'row.openedAt',
    'ours',
    'dueBy',
    'numberBy',
    ...levels,
  ],
  // Whoever asks names a unit; by these a page is thinned out, and the levels begin the indexes below.
  unindexed: ['row.state', 'row.turn', 'row.peer', 'row.closed', 'row.sealed', 'ours', ...levels],
  sets: Object.fromEntries(
    ['row.tokens', 'row.acted', 'sealedFor', 'desks', 'signers', 'draftIds'].map((path) => [path, { unique: false }]),
  ),
  indexes: levels.flatMap((level) => [
    [level, 'row.changedAt'],
    [level, 'dueBy'],
  ]),
});

const END_OF_TIME = '9999-12-31T16:00:00.000Z';

export const keptRow = (row: CaseRow, workflows: Workflows, directory: Directory): KeptRow => {
  const workflow = workflows.get(row.workflow);
  const takers = workflow ? takersOf(row, workflow) : [];
  const ours = row.turn === row.side && !row.closed;
  const sent = row.drafts.filter((draft) => draft.status === 'sent');
  return {
    id: row.id,
    row,
    ours,
    dueBy: row.due ?? END_OF_TIME,
    numberBy: (row.number ?? '').replaceAll(/\d+/g, (digits) => digits.padStart(8, '0')),
    sealedFor: row.sealed ? mayFind(row, workflow) : [],
    desks: [
      ...(ours ? desksOf(row, takers) : []),
      ...row.drafts.flatMap(returnedTo),
      ...(row.toTakeIn ? [deskOf.takeIn(row.unit)] : []),
    ],
    takers,
    signers: [...new Set(sent.flatMap((draft) => draft.signers))],
    draftIds: row.drafts.map((draft) => draft.id),
    above: Object.fromEntries(pathOf(row.unit, directory).entries()),
  };
};

/** The unit and those above it, from the top. */
export const pathOf = (unit: string, directory: Directory): readonly string[] => {
  const { parent } = directory.unit(unit) ?? {};
  return parent === undefined ? [unit] : [...pathOf(parent, directory), unit];
};

/** The desk of an officer, of a role where nobody is in charge yet, of a deputy while the one in charge is absent; and where a unit takes in. */
export const deskOf = {
  officer: (id: string): string => `officer ${id}`,
  role: (unit: string, role: string): string => `role ${unit} ${role}`,
  takeIn: (unit: string): string => `take in ${unit}`,
  deputy: (deputy: string, officer: string): string => `deputy ${deputy} ${officer}`,
} as const;
const desksOf = ({ officer, deputies, unit }: CaseRow, takers: readonly string[]): readonly string[] =>
  officer === null
    ? takers.map((role) => deskOf.role(unit, role))
    : [deskOf.officer(officer), ...deputies.map((deputy) => deskOf.deputy(deputy, officer))];
const returnedTo = ({ status, by }: CaseRow['drafts'][number]): readonly string[] =>
  status === 'returned' ? [deskOf.officer(by)] : [];

/** 封存 (刑事诉讼法 286): the officers in charge and the unit's leaders, as the case's own page has it. */
const mayFind = (row: CaseRow, workflow: Workflow | undefined): readonly string[] => [
  ...[row.officer, ...row.deputies].flatMap((id) => (id === null ? [] : asOfficer(id))),
  ...leadersOf(workflow).map((role) => asLeader(row.unit, role)),
];
export const asOfficer = (id: string): string => `officer ${id}`;
export const asLeader = (unit: string, role: string): string => `leader ${unit} ${role}`;
const leadersOf = (workflow: Workflow | undefined): readonly string[] => [
  ...new Set([...(workflow?.steps.values() ?? [])].flatMap((step) => step.signedBy)),
];

/** Roles of the side that has the turn: of the workflow's own steps where there are any, else of the everyday ones (改送, 补正). */
const takersOf = (row: CaseRow, workflow: Workflow): readonly string[] => {
  const from = [...workflow.steps.values()].filter((step) => step.from.includes(row.state));
  const roles = (everyday: boolean) =>
    from
      .filter((step) => step.everyday === everyday)
      .flatMap((step) => step.by)
      .filter((role) => role in workflow.roles[row.side]);
  const own = roles(false);
  return [...new Set(own.length > 0 ? own : roles(true))];
};
