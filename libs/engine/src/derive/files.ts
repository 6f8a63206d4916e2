import { typeOf } from '../case/chain';
import type { Schema } from '../form/fields';
import type { Workflows } from '../workflow/registry';
import { asyncApi } from './asyncapi';
import { breaking } from './compatibility';
import { eventSchema, eventSteps, publicEventSchema } from './event-schemas';
import { indexPage, pageFile } from './index-page';
import { openApi } from './openapi';
import { page, type Items } from './page';

/** What is committed although it follows from the workflow files: a text for a page, a value for a JSON file. By path. */
export type Generated = ReadonlyMap<string, string | Readonly<Record<string, unknown>>>;

export const schemaFolder = 'libs/contracts/schemas';
export const pageFolder = 'docs/workflows';

export const generatedFiles = (workflows: Workflows, items: Items): Generated => {
  const all = workflows.all();
  return new Map<string, string | Readonly<Record<string, unknown>>>([
    ...all.flatMap((workflow) =>
      eventSteps(workflow).flatMap((step) => {
        const name = fileOf(typeOf(workflow, step));
        const published = publicEventSchema(workflow, step);
        return [
          [`${name}.json`, eventSchema(workflow, step)] as const,
          ...(published ? [[`${name}.public.json`, published] as const] : []),
        ];
      }),
    ),
    ...workflows.domains().flatMap((domain) => {
      const document = asyncApi(workflows, domain);
      return document ? [[`${schemaFolder}/${domain}/asyncapi.json`, document] as const] : [];
    }),
    [`${schemaFolder}/openapi.json`, openApi(workflows)],
    ...all.map((workflow) => [`${pageFolder}/${pageFile(workflow)}`, page(workflow, items)] as const),
    [`${pageFolder}/README.md`, indexPage(workflows, items)],
  ]);
};
/** `prison.release-handover.verify.v1` lies in `prison/release-handover.verify.v1`. */
const fileOf = (type: string): string => `${schemaFolder}/${type.replace('.', '/')}`;

const eventFile = /^(.+)\.v([1-9][0-9]*)((?:\.public)?\.json)$/;
/**
 * Why the committed schemas of events may not simply be replaced by the ones made now: a change under the same type
 * that its readers would trip over, or a type that nothing makes any more. A lower version of a type may stay beside
 * the higher one: events of it are still in the chain.
 */
export const objections = (committed: ReadonlyMap<string, Schema>, made: Generated): readonly string[] =>
  [...committed].flatMap(([path, before]) => {
    const [, name = '', version = '', ending = ''] = eventFile.exec(path) ?? [];
    if (name === '') return [];
    const after = made.get(path);
    if (typeof after === 'object')
      return breaking(before, after).map((why) => `${path}: ${why}; raise the form's @Version, or take it back`);
    const newer = [...made.keys()].some((each) => {
      const [, other, higher, end] = eventFile.exec(each) ?? [];
      return other === name && end === ending && Number(higher) > Number(version);
    });
    return newer
      ? []
      : [`${path}: nothing makes this event any more; keep its step, or delete the file once nobody reads it`];
  });
/** Files that were made once and no longer are: everything but older versions of an event. */
export const stale = (paths: readonly string[], made: Generated): readonly string[] =>
  paths.filter((path) => !made.has(path) && !eventFile.test(path));
