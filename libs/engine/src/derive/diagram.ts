import { leadOf, type State, type Step, type Workflow } from '../workflow/workflow';
import { comesFrom, ownSteps } from './moves';
import { everydayTitles, roleTitle } from './words';

/** Colours by whose turn it is; the page's legend uses the same words. */
const classes = [
  'classDef origin fill:#e3f2fd,stroke:#1565c0,color:#0d2b4d',
  'classDef counterpart fill:#fff3e0,stroke:#ef6c00,color:#4d2600',
  'classDef final fill:#eeeeee,stroke:#616161,color:#212121',
];

/** The workflow as a Mermaid `stateDiagram-v2`: states by title, steps as arrows, everyday steps only in a note. */
export const diagram = (workflow: Workflow): string => {
  const states = [...workflow.states.values()].filter((state) => !state.everyday);
  const arrows = [
    ...ownSteps(workflow).flatMap((step) => stepArrows(workflow, step)),
    ...states.flatMap((state) =>
      state.late === undefined ? [] : `${nameOf(state.name)} --> ${nameOf(state.late)} : ⏱ 逾期转入`,
    ),
    ...states.flatMap((state) => (state.turn === undefined ? `${nameOf(state.name)} --> [*]` : [])),
  ];
  return [
    'stateDiagram-v2',
    'direction TB',
    ...states.map((state) => `state "${text(state.title)}" as ${nameOf(state.name)}`),
    ...arrows,
    `note right of ${nameOf(workflow.opening.opens ?? '')} : 各环节另有日常操作（${everydayTitles(workflow).join('、')}），图中从略`,
    ...classes,
    ...coloured(states),
  ].join('\n');
};

/** Mermaid reads a hyphen in a name as the beginning of an arrow, and `end` as the end of something. */
const nameOf = (state: string): string => `s_${state.replaceAll('-', '_')}`;
/** What would end a label or a line. */
const text = (title: string): string => title.replaceAll(/["\n;:#]/g, ' ');

const stepArrows = (workflow: Workflow, step: Step): readonly string[] => {
  const who = step.by.map((role) => roleTitle(workflow, role)).join('、');
  const label = text(`${step.title}（${who}${step.byRight ? '，依职权' : ''}）`);
  if (step.opens !== undefined) return [`[*] --> ${nameOf(step.opens)} : ${label}`];
  return step.from.flatMap((from) =>
    targets(workflow, step, from).map((to) => `${nameOf(from)} --> ${nameOf(to)} : ${label}`),
  );
};
const targets = (workflow: Workflow, step: Step, from: string): readonly string[] => {
  const lead = leadOf(step, from);
  if (lead === undefined) return [from];
  return typeof lead === 'string' ? [lead] : [...(comesFrom(workflow).get(from) ?? [])];
};
const coloured = (states: readonly State[]): readonly string[] =>
  (['origin', 'counterpart', undefined] as const).flatMap((turn) => {
    const names = states.filter((state) => state.turn === turn).map((state) => nameOf(state.name));
    return names.length === 0 ? [] : `class ${names.join(',')} ${turn ?? 'final'}`;
  });
