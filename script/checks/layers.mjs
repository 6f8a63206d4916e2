// Which library may use which: the one table that lint enforces (eslint.config.mjs). Every library carries the tag
// `layer:<its name>` in its package.json, every app `layer:app`. Specs may use `testing` too, whatever their library.
const servicesStandOn = [
  'contracts',
  'reference',
  'engine',
  'collections',
  'event-log',
  'files',
  'documents',
  'access',
];

/** @type {Readonly<Record<string, readonly string[]>>} */
export const mayUse = {
  contracts: [],
  reference: ['contracts'],
  engine: ['contracts', 'reference'],
  workflows: ['engine', 'reference'],
  collections: ['contracts'],
  files: ['contracts', 'collections'],
  documents: ['contracts', 'reference'],
  'event-log': ['contracts', 'reference'],
  access: ['contracts', 'reference', 'collections'],
  service: servicesStandOn,
  exchange: [...servicesStandOn, 'service'],
  gateway: [...servicesStandOn, 'service'],
  checklist: [...servicesStandOn, 'workflows', 'service'],
  provinces: [...servicesStandOn, 'workflows', 'service', 'checklist', 'exchange', 'gateway'],
};
export const libraries = [...Object.keys(mayUse), 'testing'];

/** What the pure libraries compute, the others store, send and serve. */
export const pureLibraries = ['contracts', 'engine', 'workflows'];

/** A module that may be imported in these libraries only, and what to use elsewhere. */
export const onlyIn = [
  { module: 'kafkajs', libraries: ['event-log'], instead: 'the EventLog port of @chuanyu/event-log' },
  { module: 'mongoose', libraries: ['collections', 'files'], instead: 'the ports of these libraries' },
  { module: 'pdfkit', libraries: ['documents'], instead: '@chuanyu/documents' },
  { module: 'exceljs', libraries: ['documents'], instead: '@chuanyu/documents' },
  { module: 'docx', libraries: ['documents'], instead: '@chuanyu/documents' },
  { module: 'node:sqlite', libraries: ['event-log', 'collections'], instead: 'the ports of these libraries' },
];

/** Node's modules that do I/O; the pure libraries have no use for them. */
// prettier-ignore
export const inputAndOutput = [
  'child_process', 'cluster', 'dgram', 'dns', 'fs', 'http', 'http2', 'https', 'inspector', 'net', 'os', 'process',
  'readline', 'repl', 'sqlite', 'stream', 'tls', 'tty', 'v8', 'vm', 'worker_threads',
];
