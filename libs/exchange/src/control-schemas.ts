import { LARGEST_FILE } from '@chuanyu/engine';

const id = { type: 'string', pattern: '^[0-9a-f-]{36}$' };
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const name = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,63}$' };
const time = { type: 'string', format: 'date-time', maxLength: 40 };
const count = { type: 'integer', minimum: 0 };
const exact = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((each) => !optional.includes(each)),
  additionalProperties: false,
});
/** A file of 100 MB has fewer. */
const piece = { type: 'integer', minimum: 0, maximum: 1023 };
const head = { type: 'array', prefixItems: [id, count, hash], items: false, minItems: 3 };

/**
 * What a peer may say on the control topic, as far as it is stored or shown here: a paired peer may still lie, and what
 * no handler can read would stop the case it names. `accepted` is said by the own exchange only, and never crosses.
 */
export const controlSchemas: Readonly<Record<string, object>> = {
  receipt: exact({
    domain: name,
    case: id,
    receipt: exact(
      {
        id,
        case: id,
        receipt: { enum: ['relayed', 'delivered', 'opened'] },
        negative: exact({
          code: { type: 'string', pattern: '^[a-z][a-z-]{0,63}$' },
          detail: { type: 'string', maxLength: 500 },
        }),
        sequence: count,
        time,
        unit: { anyOf: [name, { type: 'null' }] },
        province: name,
      },
      ['negative'],
    ),
  }),
  repair: exact({ domain: name, case: id, after: count }),
  urge: exact({
    domain: name,
    case: id,
    urge: exact({
      id,
      unit: name,
      time,
      note: { type: 'string', maxLength: 200 },
      nth: { type: 'integer', minimum: 1 },
    }),
  }),
  heads: exact(
    {
      domain: name,
      time,
      roots: { type: 'array', items: hash, maxItems: 1024 },
      bucket: exact({ number: count, cases: { type: 'array', items: head } }),
      audit: exact({ n: count, hash }),
    },
    ['roots', 'bucket', 'audit'],
  ),
  piece: exact({
    domain: name,
    hash,
    size: { type: 'integer', minimum: 1, maximum: LARGEST_FILE },
    piece,
    // Its length and spelling are told where it is decoded: to count half a million characters here is slow.
    content: { type: 'string' },
    time,
  }),
  want: exact({ domain: name, hash, pieces: { type: 'array', items: piece, minItems: 1, maxItems: 1024 }, time }),
};

const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });
/** Version 1 of the envelope, to the letter: what is not listed may not come in, and would be hashed. */
export const envelopeSchema: object = exact(
  {
    specversion: { const: '1.0' },
    envelope: { const: 1 },
    id: text(64),
    type: text(200),
    source: text(100),
    subject: id,
    time,
    dataschema: text(200),
    traceparent: text(100),
    casesequence: { type: 'integer', minimum: 1 },
    previoushash: hash,
    tenure: { type: 'integer', minimum: 1 },
    stepkey: text(256),
    casealias: text(64),
    definition: { type: 'integer', minimum: 1 },
    clause: { anyOf: [text(128), { type: 'null' }] },
    data: { type: 'object' },
    private: {},
  },
  ['traceparent', 'private'],
);
