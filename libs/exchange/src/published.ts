import { createHmac } from 'node:crypto';
import { Duplicate, type Collection, type CollectionDefinition, type Document } from '@chuanyu/collections';
import { topics, type JsonObject, type StepEvent } from '@chuanyu/contracts';
import { publicOf, type Step, type Workflow } from '@chuanyu/engine';
import type { EventLog } from '@chuanyu/event-log';
import { dateOf, prefectureOfDivision, type Directory } from '@chuanyu/reference';

/** What integrators read: states and fields marked public; never who, exactly when, or a number. */
export interface PublicEvent {
  /** HMAC of the event's id: stable, and says nothing. */
  readonly id: string;
  readonly type: string;
  /** Calendar date, Asia/Shanghai. */
  readonly date: string;
  readonly province: string;
  readonly state: string;
  readonly fields: JsonObject;
  /** Random per case: follows one case without saying which. */
  readonly alias: string;
  /** GB/T 2260 code of the prefecture of the unit that acted. */
  readonly prefecture: string | null;
}
export interface PublishedMark extends Document {
  readonly at: string;
}
export const publishedDefinition: CollectionDefinition = { name: 'exchange.published', fields: [], sets: {} };

/** Publishes the steps that its own province took, each once. */
export class Publisher {
  constructor(
    private readonly options: {
      readonly province: string;
      readonly log: EventLog;
      readonly directory: Directory;
      readonly marks: Collection<PublishedMark>;
      readonly secret: string;
    },
  ) {}

  async publish(workflow: Workflow, step: Step, event: StepEvent): Promise<void> {
    const { province, log, directory, marks, secret } = this.options;
    if (event.data.by.province !== province || workflow.domestic) return;
    const told = publicOf(workflow, step, event.data);
    if (!told) return;
    const id = createHmac('sha256', secret).update(event.id).digest('base64url');
    if (await marks.get(id)) return;
    const division = directory.unit(event.data.by.unit)?.division;
    const said: PublicEvent = {
      id,
      type: event.type,
      date: dateOf(event.time),
      province,
      state: told.state,
      fields: told.fields,
      alias: event.casealias,
      prefecture: (division === undefined ? undefined : prefectureOfDivision(division)) ?? null,
    };
    await log.append([{ topic: topics.published(province, workflow.domain), key: event.casealias, value: said }]);
    try {
      await marks.insert({ id, at: dateOf(event.time) });
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
  }
}
