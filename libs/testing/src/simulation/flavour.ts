import { prisonVisit } from '@chuanyu/workflows';
import type { Random } from './random';

/** What may happen next, and how often beside the others. */
export const operations = {
  act: 40,
  impossible: 3,
  open: 4,
  sign: 20,
  return: 1,
  relay: 16,
  deliver: 24,
  tick: 10,
  clock: 8,
  cut: 1,
  heal: 1,
  suspend: 2,
  resume: 3,
  look: 4,
  repeat: 5,
  upgrade: 0.6,
  urge: 0.5,
};
export type Operation = keyof typeof operations;

/** Some schedules dwell on one kind of trouble, since what goes wrong rarely goes wrong in a mixture of everything. */
export interface Flavour {
  readonly name: string;
  /** Cases at most; how many of them are opened and signed before anything else. */
  readonly cases: number;
  readonly begun: number;
  /** All are opened by the same province and hurry into the states with claims. */
  readonly contested: boolean;
  /** Cases with others under them, and nothing else. */
  readonly grouped: boolean;
  /** The workflow of every case, where it is one and the same. */
  readonly only?: string;
  readonly weights: Readonly<Record<Operation, number>>;
  /** Steps one after the other in the same case, at most: what arrives out of order leaves gaps. */
  readonly burst: number;
  /** 0 calm, 1 bad, 2 worse. */
  readonly weather: number;
  readonly mortality: number;
  /** Links kept in the document, events parked at most. */
  readonly recent: number;
  readonly parked: number;
}

export const flavourFor = (random: Random): Flavour => {
  const mixed: Flavour = {
    name: 'mixed',
    cases: 1 + random.below(3),
    begun: random.below(3),
    contested: false,
    grouped: false,
    weights: operations,
    burst: 2,
    weather: random.below(3),
    mortality: random.pick([0, 0.01, 0.04]) ?? 0,
    recent: random.pick([2, 3, 16]) ?? 2,
    parked: random.pick([2, 64]) ?? 2,
  };
  switch (random.weighted({ mixed: 5, claims: 2, long: 2, border: 2, group: 3 })) {
    case 'mixed':
      return mixed;
    case 'claims':
      return { ...mixed, name: 'claims', cases: 4, begun: 4, contested: true, weather: random.below(2), mortality: 0 };
    case 'long':
      return {
        ...mixed,
        name: 'long',
        cases: 1,
        begun: 1,
        recent: 2,
        weather: 0,
        mortality: random.pick([0, 0.05]) ?? 0,
      };
    case 'group':
      return {
        ...mixed,
        name: 'group',
        cases: 3 + random.below(4),
        begun: 2,
        grouped: true,
        weights: { ...operations, open: 10, sign: 30, tick: 14, cut: 2, heal: 3 },
        mortality: random.pick([0, 0.02, 0.06]) ?? 0,
      };
    case 'border':
      return { ...mixed, name: 'border', begun: 1, weather: 2, burst: 4, weights: atTheBorder };
  }
};
/** More happens than arrives, and the clauses change. */
const atTheBorder = { ...operations, act: 20, suspend: 8, resume: 10, cut: 2, heal: 4, relay: 10, deliver: 10 };

/** Visits alone: one room, few half-hours, and a quota, with everything that can go wrong. */
export const visiting = (random: Random): Flavour => ({
  name: 'visits',
  cases: 6,
  begun: 6,
  contested: true,
  grouped: false,
  only: prisonVisit.id,
  weights: { ...operations, act: 60, sign: 40, relay: 24, deliver: 32, suspend: 6, clock: 4, return: 0.2 },
  burst: 2,
  weather: random.below(3),
  mortality: random.pick([0, 0.01, 0.04]) ?? 0,
  recent: random.pick([2, 16]) ?? 2,
  parked: 64,
});

/** Nothing goes wrong by itself. */
export const quietly: Flavour = {
  name: 'quiet',
  cases: 1,
  begun: 1,
  contested: true,
  grouped: false,
  weights: operations,
  burst: 1,
  weather: 0,
  mortality: 0,
  recent: 16,
  parked: 64,
};
