import type { CollectionDefinition, Document } from '@chuanyu/collections';
import type { CaseRow } from '@chuanyu/contracts';
import type { Workflow, Workflows } from '@chuanyu/engine';

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
  /** Roles of this side that may take a step now. */
  readonly takers: readonly string[];
  /** Roles that may sign one of its drafts. */
  readonly signers: readonly string[];
  /** Officers whose draft was returned to them. */
  readonly returnedTo: readonly string[];
  readonly draftIds: readonly string[];
}

export const rowsOf = (generation: number): CollectionDefinition => ({
  name: `gateway.rows.${generation}`,
  fields: [
    'row.unit',
    'row.workflow',
    'row.state',
    'row.turn',
    'row.peer',
    'row.closed',
    'row.officer',
    'row.sealed',
    'row.toTakeIn',
    'row.changedAt',
    'row.openedAt',
    'ours',
    'dueBy',
    'numberBy',
  ],
  sets: Object.fromEntries(
    ['row.tokens', 'row.acted', 'row.deputies', 'sealedFor', 'takers', 'signers', 'returnedTo', 'draftIds'].map(
      (path) => [path, { unique: false }],
    ),
  ),
  indexes: [
    ['row.unit', 'row.changedAt'],
    ['row.unit', 'dueBy'],
    ['row.unit', 'row.toTakeIn', 'dueBy'],
    ['row.officer', 'ours', 'dueBy'],
  ],
});

const END_OF_TIME = '9999-12-31T16:00:00.000Z';

export const keptRow = (row: CaseRow, workflows: Workflows): KeptRow => {
  const workflow = workflows.get(row.workflow);
  const sent = row.drafts.filter((draft) => draft.status === 'sent');
  return {
    id: row.id,
    row,
    ours: row.turn === row.side && !row.closed,
    dueBy: row.due ?? END_OF_TIME,
    numberBy: (row.number ?? '').replaceAll(/\d+/g, (digits) => digits.padStart(8, '0')),
    sealedFor: row.sealed ? mayFind(row, workflow) : [],
    takers: workflow ? takersOf(row, workflow) : [],
    signers: [...new Set(sent.flatMap((draft) => draft.signers))],
    returnedTo: row.drafts.filter((draft) => draft.status === 'returned').map((draft) => draft.by),
    draftIds: row.drafts.map((draft) => draft.id),
  };
};

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
