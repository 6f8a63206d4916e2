import { topics, type FenceMessage, type Message, type StepMessage } from '@chuanyu/contracts';
import { newCase, Quarantine, receiveStep } from '@chuanyu/engine';
import { eachRecord, type EventLog, type LogRecord } from '@chuanyu/event-log';
import type { CaseKeeper } from '../cases/keeper';

/**
 * After a restore the store is older than the log beside it: every step that the log holds, own ones and those that were
 * brought, is taken into its case again, in order. Fences inside the log are honoured: what a peer sent in an epoch that
 * it had left by then stays void. Answers how many events were taken in.
 */
export const replayOwnLog = async (keeper: CaseKeeper, log: EventLog): Promise<number> => {
  const { domain, province } = keeper.options;
  const own = await stepsIn(log, topics.events(domain), (message) => message.event.source.startsWith(`${province}/`));
  const brought = await stepsIn(log, topics.inbound(domain), () => true);
  const cases = new Map<string, StepMessage[]>();
  for (const message of [...own, ...brought]) cases.set(message.case, [...(cases.get(message.case) ?? []), message]);
  let taken = 0;
  for (const [id, messages] of cases) {
    messages.sort((a, b) => a.event.casesequence - b.event.casesequence);
    for (const message of messages) if (await takeIn(keeper, id, message)) taken += 1;
  }
  return taken;
};

const takeIn = async (keeper: CaseKeeper, id: string, message: StepMessage): Promise<boolean> => {
  const { event } = message;
  const own = event.source.startsWith(`${keeper.options.province}/`);
  const peer = own ? message.to : (message.from ?? null);
  const begin = () =>
    newCase({
      id,
      workflow: event.type.split('.').slice(0, 2).join('.'),
      domain: keeper.options.domain,
      definition: event.definition,
      province: keeper.options.province,
      peer,
      side: event.data.opening?.origin.province === keeper.options.province ? 'origin' : 'counterpart',
      status: 'placeholder',
      alias: event.casealias,
      createdAt: event.time,
    });
  try {
    const { result } = await keeper.changeOrBegin(id, begin, (work, context) => {
      if (work.case.head.sequence >= event.casesequence) return false;
      if (work.case.status === 'draft') work.case.status = 'placeholder';
      work.case.peer ??= peer;
      receiveStep(work, context, {
        event,
        signature: message.signature ?? null,
        ...(own ? { fromOwnLog: true as const } : {}),
      });
      return true;
    });
    return result;
  } catch (error) {
    // What was not believed the first time is not believed now either.
    if (error instanceof Quarantine) return false;
    throw error;
  }
};

const stepsIn = async (
  log: EventLog,
  topic: string,
  wanted: (message: StepMessage) => boolean,
): Promise<readonly StepMessage[]> => {
  const found: StepMessage[] = [];
  const fences = new Map<string, number>();
  const place = (record: LogRecord, from: string | undefined) => `${from ?? ''} ${record.partition}`;
  for await (const record of eachRecord(log, topic)) {
    const message = record.value as Message;
    if (message.kind === 'fence') fences.set(place(record, message.from), (message satisfies FenceMessage).next);
    if (message.kind !== 'step' || !wanted(message)) continue;
    if (message.from !== undefined && message.epoch < (fences.get(place(record, message.from)) ?? 0)) continue;
    found.push(message);
  }
  return found;
};
