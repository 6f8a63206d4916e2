import { Refusal, type JsonObject, type Opening } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import type { Workflow } from '../workflow/workflow';
import { numberClaim } from './claims';
import type { Command } from './command';
import type { Context, Work } from './context';
import type { CaseDocument } from './document';
import { mustTake } from './check';
import { factsOf } from './facts';

/** The unit of the other province that receives the case; null for a domestic one. Refused where it is not such a unit. */
export const addressee = (
  document: CaseDocument,
  context: Context,
  form: JsonObject | null,
  command: Command,
): { readonly province: string; readonly unit: string } | null => {
  const { workflow } = context;
  if (workflow.domestic) return null;
  const chosen = workflow.sentTo
    ? {
        unit: workflow.sentTo(factsOf<unknown>({ ...document, facts: openingFacts(workflow, form) }, context, form)),
      }
    : command.to;
  const unit = chosen?.unit;
  const peer = unit === undefined ? undefined : context.units.get(unit)?.province;
  if (unit === undefined || peer === undefined || peer === context.province) {
    throw new Refusal(
      'bad-form',
      '请选择对方省（市）的受理单位',
      { errors: [{ pointer: '/to/unit', rule: 'unit', detail: '应为名录中另一省（市）的单位编码' }] },
      'Choose a unit of the other province',
    );
  }
  if (command.to !== undefined && command.to.province !== peer) {
    throw new Refusal(
      'bad-form',
      '受理单位不属于所选省（市）',
      { errors: [{ pointer: '/to/province', rule: 'province', detail: `应为 ${peer}` }] },
      'The unit belongs to another province',
    );
  }
  mustTake(context, 'counterpart', unit, '/to/unit');
  return { province: peer, unit };
};

/** Where the case begins, and the number it gets: minted with its opening event, so that none is skipped. */
export const openingOf = (work: Work, context: Context, form: JsonObject | null, command: Command): Opening => {
  const { case: document } = work;
  const { workflow } = context;
  const to = addressee(document, context, form, command);
  const docket = `${context.abbreviation}${workflow.docket}〔${dateOf(context.now).slice(0, 4)}〕`;
  const number = `${docket}${context.serial}号`;
  document.serial = { docket, n: context.serial };
  document.claims = [...document.claims, numberClaim(number)];
  document.peer = to?.province ?? null;
  return {
    number,
    origin: { province: context.province, unit: command.who.unit },
    counterpart: to,
    under: document.membership?.under ?? null,
    secrecy: command.secrecy ?? 'none',
  };
};
const openingFacts = (workflow: Workflow, form: JsonObject | null): CaseDocument['facts'] =>
  workflow.opening.form
    ? { [workflow.opening.form.name]: { shared: form, private: null, by: 'origin', sequence: 1 } }
    : {};
