import { rows } from '../rows';
import { serve } from './answering';
import type { Ground } from '../row';

/** One row in a process of its own: what the one leaves in memory and in compiled code must not help or hinder the next. */
serve(async ({ row: name, ground }: { readonly row: string; readonly ground: Ground }) => {
  const row = rows.find((each) => each.name === name);
  if (!row) throw new Error(`no row ${name}`);
  return {
    ready: true,
    answers: { measure: () => row.measure(ground, (line) => void process.send?.({ say: line })) },
    stop: async () => undefined,
  };
});
