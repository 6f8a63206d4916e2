import { DatabaseSync } from 'node:sqlite';
import { Statements } from './sqlite/connection';

/**
 * For tests: how SQLite goes about each question that `work` asks of the database in this file, as `EXPLAIN QUERY PLAN` says it.
 * `SCAN t` without a covering index looks at every document; what says `SEARCH` does not.
 */
export async function plansOf(file: string, work: () => Promise<unknown>): Promise<readonly string[]> {
  const spies = [jest.spyOn(Statements.prototype, 'all'), jest.spyOn(Statements.prototype, 'get')];
  await work();
  const asked = spies.flatMap(({ mock }) => mock.calls).filter(([sql]) => sql.startsWith('SELECT'));
  for (const spy of spies) spy.mockRestore();
  const database = new DatabaseSync(file, { readOnly: true });
  const plans = asked.map(([sql, ...values]) => {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    return steps.map(({ detail }) => String(detail)).join('; ');
  });
  database.close();
  return plans;
}
