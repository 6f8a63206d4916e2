import { marksOf } from '../form/marks';
import type { Workflow } from '../workflow/workflow';
import { refusals } from './openapi-answers';
import { stateTitle } from './words';

type Json = Readonly<Record<string, unknown>>;

/** What a workflow prints and lets be checked, as its page, its entry in the catalogue and the API's description say it. */
export interface CatalogueDocument {
  readonly name: string;
  readonly title: string;
  readonly during: readonly { readonly name: string; readonly title: string }[];
}
export interface CatalogueCheck {
  readonly says: readonly { readonly name: string; readonly says: string; readonly valid: boolean }[];
  /** Titles of the fields that are shown. */
  readonly shows: readonly string[];
}
export const documentEntries = (workflow: Workflow): readonly CatalogueDocument[] =>
  [...workflow.documents].map(([name, { title, during }]) => ({
    name,
    title,
    during: during.map((state) => ({ name: state, title: stateTitle(workflow, state) })),
  }));
export const checkEntry = ({ check }: Workflow): CatalogueCheck | null =>
  check === undefined
    ? null
    : {
        says: Object.entries(check.says).map(([name, says = '']) => ({
          name,
          says,
          valid: check.valid.includes(name),
        })),
        shows: check.shows.map(({ form, name }) => marksOf(form).get(name)?.title ?? name),
      };

/** Lines of the page; none where nothing is printed. */
export const documentLines = (workflow: Workflow): readonly string[] => [
  ...documentEntries(workflow).map(
    ({ name, title, during }) =>
      `**${title}**（\`${name}\`）：发起方在「${during.map((state) => state.title).join('」「')}」环节出具，PDF 与同内容的 JSON。`,
  ),
  ...checkLines(workflow),
];
const checkLines = (workflow: Workflow): readonly string[] => {
  const check = checkEntry(workflow);
  if (!check) return [];
  const said = check.says.map(({ name, says }) => `${stateTitle(workflow, name)}——${says}`);
  const shown = check.shows.length === 0 ? '' : `，另示${check.shows.join('、')}`;
  return [
    `**公开查验**：任何人凭办件编号和查验码可知出具单位和效力（${said.join('；')}）${shown}；不含任何个人信息。其余环节与编号不存在同样答复。`,
  ];
};

const answers = {
  pdf: { description: '文书', content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } },
  json: {
    description: '同一内容，供程序读取',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Paper' } } },
  },
} as const;
export const documentPaths = (workflow: Workflow): Json =>
  Object.fromEntries(
    [...workflow.documents].flatMap(([name, { title }]) =>
      (['pdf', 'json'] as const).map((format) => [
        `/api/${workflow.domain}/${workflow.name}/{case}/documents/${name}.${format}`,
        {
          parameters: [{ $ref: '#/components/parameters/Case' }],
          get: {
            operationId: `${workflow.id}.documents.${name}.${format}`,
            tags: [workflow.domain],
            summary: `${workflow.title}：${title}（${format.toUpperCase()}）`,
            parameters: [{ $ref: '#/components/parameters/Purpose' }],
            responses: { 200: answers[format], ...refusals('print') },
          },
        },
      ]),
    ),
  );

const text: Json = { type: 'string' };
const object = (properties: Json): Json => ({ type: 'object', properties, required: Object.keys(properties) });
export const documentSchemas: Json = {
  Paper: object({
    document: text,
    workflow: text,
    title: text,
    number: { ...text, description: '办件编号' },
    state: object({ name: text, title: text }),
    issuer: object({ province: text, provinceName: text, unit: text, unitName: text }),
    on: { ...text, format: 'date' },
    lines: { type: 'array', items: object({ label: text, text }) },
    text: { type: ['string', 'null'] },
    check: {
      anyOf: [
        object({ code: text, address: { ...text, description: '公开查验的地址，即二维码的内容' } }),
        { type: 'null' },
      ],
    },
  }),
};
