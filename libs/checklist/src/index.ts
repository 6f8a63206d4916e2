import type { Beyond, DomainHouse } from '@chuanyu/service';
import { ChecklistBook } from './book';
import { BulletinDesk } from './bulletin-desk';
import { ChecklistController } from './checklist-controller';
import { ChecklistDesk } from './desk';

/** What the coordination service has beyond its cases: the checklist, and the register of clauses. */
export const checklistService = async (house: DomainHouse): Promise<Beyond> => {
  const book = await ChecklistBook.open(house.config.database, house.keeper.options.cases, house.config.province.log);
  const desk = new ChecklistDesk(book, house);
  return {
    controllers: [ChecklistController],
    providers: [
      { provide: ChecklistBook, useValue: book },
      { provide: ChecklistDesk, useValue: desk },
      { provide: BulletinDesk, useValue: new BulletinDesk(book, desk, house) },
    ],
  };
};
export * from './book';
export * from './bulletin-desk';
export * from './bulletin-document';
export * from './changes';
export * from './clause-register';
export * from './colour';
export * from './counts';
export * from './desk';
export * from './entry';
export * from './line';
export * from './log-use';
export * from './totals';
