import type { WorkflowFile } from '@chuanyu/engine';

type Kind = NonNullable<NonNullable<WorkflowFile<string, string, string, object>['units']>['counterpart']>[number];

/** Where people are held who may be visited over video, in the words of its domain. */
export interface Place {
  readonly title: string;
  readonly docket: string;
  readonly serves: readonly string[];
  readonly basis: readonly string[];
  readonly kind: Kind;
  readonly words: {
    /** 监狱 */
    readonly unit: string;
    /** 罪犯 */
    readonly person: string;
    readonly officer: string;
    readonly leader: string;
  };
  /** Visits a month by treatment level, where the unit's own register says nothing else. */
  readonly visits: Readonly<Record<string, number>>;
}
