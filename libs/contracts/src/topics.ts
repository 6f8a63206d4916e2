/** Names of the topics: who writes and reads them is in `docs/architecture.md`. */
export const topics = {
  events: (domain: string) => `${domain}.events`,
  beats: (domain: string) => `${domain}.beat`,
  inbound: (domain: string) => `${domain}.inbound`,
  border: (from: string, to: string, domain: string) => `${from}.${to}.${domain}`,
  control: (from: string, to: string) => `${from}.${to}.control`,
  files: (from: string, to: string) => `${from}.${to}.files`,
  published: (province: string, domain: string) => `${province}.public.${domain}`,
  clauses: 'coordination.clauses',
  counts: 'coordination.counts',
} as const;
