import type { Beyond, DomainHouse } from '@chuanyu/service';
import { ChecklistBook } from './book';
import { ChecklistController } from './checklist-controller';
import { ChecklistDesk } from './desk';

/** What the coordination service has beyond its cases: the checklist, and the register of clauses. */
export const checklistService = async (house: DomainHouse): Promise<Beyond> => {
  const book = await ChecklistBook.open(house.database, house.keeper.options.cases, house.province.log);
  return {
    controllers: [ChecklistController],
    providers: [
      { provide: ChecklistBook, useValue: book },
      { provide: ChecklistDesk, useValue: new ChecklistDesk(book, house) },
    ],
  };
};
export * from './book';
export * from './colour';
export * from './counts';
export * from './desk';
export * from './entry';
export * from './line';
export * from './totals';
