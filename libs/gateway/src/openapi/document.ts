import { openApi } from '@chuanyu/engine';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Gateway } from '../config';
import { checklistPaths } from './checklist-paths';
import { ownPaths, ownSchemas } from './own-paths';

type Json = Readonly<Record<string, unknown>>;

/** The whole API of this gateway: what is derived from the workflow files, and what it answers itself. */
export const documentOf = ({ workflows, development }: Gateway): OpenAPIObject => {
  const derived = openApi(workflows);
  const { paths, components } = derived;
  const own = {
    ...ownPaths(workflows, development !== undefined),
    ...(workflows.domains().includes('coordination') ? checklistPaths : {}),
  };
  const kept = Object.entries(recordOf(paths)).filter(
    ([path]) => development !== undefined || !path.startsWith('/dev/'),
  );
  const document: unknown = {
    ...derived,
    paths: { ...Object.fromEntries(kept), ...own },
    components: {
      ...recordOf(components),
      schemas: { ...recordOf(recordOf(components)['schemas']), ...ownSchemas },
    },
  };
  if (!isDocument(document)) throw new Error('the derived document is not OpenAPI');
  return document;
};
const recordOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});
const isDocument = (value: unknown): value is OpenAPIObject => {
  const { openapi, info, paths } = recordOf(value);
  return typeof openapi === 'string' && typeof info === 'object' && typeof paths === 'object';
};
