import type { Document } from '@chuanyu/collections';
import type { JsonObject } from '@chuanyu/contracts';
import type { CaseDocument, StepEvent } from '@chuanyu/engine';
import {
  bulletin,
  milestone,
  obstacle,
  project,
  type Milestone,
  type Obstacle,
  type Standing,
} from '@chuanyu/workflows';

/** Something that happened in a case: where it stood from then on. Made of what crosses, so alike in both provinces. */
export interface Moment {
  /** The writer's time of the event. */
  readonly at: string;
  readonly step: string;
  /** The province that acted. */
  readonly by: string;
  readonly state: string;
  readonly due: string | null;
  readonly form: JsonObject | null;
  readonly standing: Standing | null;
}
/** What the checklist keeps of a case: follows from its chain alone, so it can be made again from the case at any time, and on either side. */
export interface Entry extends Document {
  /** Of the latest event: a longer chain replaces a shorter one. */
  readonly sequence: number;
  readonly workflow: string;
  readonly number: string;
  readonly under: string | null;
  readonly origin: string;
  readonly counterpart: string;
  readonly turn: 'origin' | 'counterpart' | null;
  readonly state: string;
  readonly moments: readonly Moment[];
  /** The latest of each form, by its name. */
  readonly forms: Readonly<Record<string, JsonObject>>;
}
const kept = new Set([project.id, milestone.id, obstacle.id, bulletin.id]);

/** Undefined for a case that the checklist has no use for, or that is not opened yet. */
export const entryOf = (document: CaseDocument): Entry | undefined => {
  const { opening, head } = document;
  if (!kept.has(document.workflow) || !opening?.counterpart || head.state === null) return undefined;
  return {
    id: document.id,
    sequence: head.sequence,
    workflow: document.workflow,
    number: opening.number,
    under: opening.under,
    origin: opening.origin.province,
    counterpart: opening.counterpart.province,
    turn: head.turn,
    state: head.state,
    moments: document.recent.map(({ event }) => momentOf(event)),
    forms: Object.fromEntries(
      Object.entries(document.facts).flatMap(([name, { shared }]) => (shared ? [[name, shared]] : [])),
    ),
  };
};
const momentOf = ({ type, time, data }: StepEvent): Moment => ({
  at: time,
  step: type.split('.').at(2) ?? '',
  by: data.by.province,
  state: data.state,
  due: data.due,
  form: data.form,
  standing: isStanding(data.yields) ? data.yields : null,
});
const isStanding = (value: object | null): value is Standing =>
  value !== null && 'kind' in value && typeof value.kind === 'string' && 'stage' in value;

/** What both sides have agreed the project to be. */
export const standingOf = ({ forms }: Entry): Standing | undefined => {
  const value = forms['Standing'] ?? null;
  return isStanding(value) ? value : undefined;
};
export const milestoneOf = ({ forms }: Entry): Milestone | undefined => {
  const value: object | undefined = forms['Milestone'];
  const isOne = (form: object): form is Milestone => 'weight' in form && typeof form.weight === 'number';
  return value && isOne(value) ? value : undefined;
};
export const obstacleOf = ({ forms }: Entry): Obstacle | undefined => {
  const isOne = (form: object): form is Obstacle => 'on' in form && typeof form.on === 'string';
  // Taken on, it may have got another owner and day.
  const value: object = { ...forms['Obstacle'], ...forms['Taking'] };
  return isOne(value) ? value : undefined;
};
export const textIn = (form: JsonObject | null | undefined, name: string): string => {
  const value = form?.[name];
  return typeof value === 'string' ? value : '';
};
