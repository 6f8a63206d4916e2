import { asks } from './asks';
import { attachments } from './attachments';
import { borderCut } from './border-cut';
import { checklist } from './checklist';
import { certificate } from './certificate';
import { clauses } from './clauses';
import type { Day } from './day';
import { evening } from './evening';
import { everyday } from './everyday';
import { firstCase } from './first-case';
import { lapse } from './lapse';
import { refusals } from './refusals';
import { trainee } from './trainee';
import { visit } from './visit';

const chapters: readonly (readonly [string, (day: Day) => Promise<void>])[] = [
  ['first-case', firstCase],
  ['asks', asks],
  ['everyday', everyday],
  ['refusals', refusals],
  ['border-cut', borderCut],
  ['lapse', lapse],
  ['clauses', clauses],
  ['attachments', attachments],
  ['checklist', checklist],
  ['trainee', trainee],
  ['certificate', certificate],
  ['visit', visit],
  ['evening', evening],
];

/** The whole day; a chapter that cannot go on is counted, and the next one begins. */
export const workingDay = async (day: Day, only: readonly string[] = []): Promise<void> => {
  await day.lookAtClock();
  for (const [name, chapter] of chapters) {
    if (only.length > 0 && !only.includes(name)) continue;
    try {
      await chapter(day);
    } catch (error) {
      day.check(
        `${name} 未能办完 did not come to its end`,
        false,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
  }
};
