import { IsString } from 'class-validator';
import { faultsOf, step } from '../workflow/sample.fixture';
import { yields } from '../workflow/notation';
import { Attachment, ListOf, PersonName, ResidentId, Telephone, Text } from './fields';
import type { Attached } from './attached';
import { Private, Public, Shared, type Class } from './marks';

const form = (made: Class) => step('close', { form: made });

describe('forms', () => {
  class Unmarked {
    @Text(9) one!: string;
  }
  class MarkedTwice {
    @Text(9) @Shared('甲') @Private('甲') one!: string;
  }
  class Untyped {
    @Shared('甲') one!: string;
  }
  class Initialized {
    @Text(9) @Shared('甲') one!: string;
    two = '';
  }
  class ValidatedOnly {
    @Text(9) @Shared('甲') one!: string;
    @IsString() two!: string;
  }
  class Item {
    @Text(9) one!: string;
  }
  class WithItems {
    @ListOf(Item) @Shared('明细') items!: Item[];
  }
  class PublicName {
    @PersonName() @Public('姓名') who!: string;
  }
  class PublicNumber {
    @ResidentId() @Public('证件号码') id!: string;
  }
  class PublicTelephone {
    @Telephone() @Public('电话') call!: string;
  }
  class PublicFile {
    @Attachment() @Public('附件') file!: Attached;
  }
  class PersonItem {
    @PersonName() @Public('姓名') who!: string;
  }
  class PublicList {
    @ListOf(PersonItem) @Public('名单') people!: PersonItem[];
  }
  class PrivateItem {
    @Text(9) @Private('内部') inside!: string;
  }
  class HalfPrivateList {
    @ListOf(PrivateItem) @Shared('明细') items!: PrivateItem[];
  }
  class BusinessName {
    @PersonName() @Shared('姓名') who!: string;
  }
  it.each([
    ['a field without a mark', Unmarked, 'form Unmarked: field one has no audience mark'],
    ['a field with two marks', MarkedTwice, 'form MarkedTwice: field one has two audience marks'],
    ['a field without a type', Untyped, 'form Untyped: field one has no type'],
    ['a field that nothing is said of', Initialized, 'form Initialized: field two has no audience mark'],
    ['a field with only a validator', ValidatedOnly, 'form ValidatedOnly: field two has no audience mark'],
    ['an item without a mark', WithItems, 'form Item: field one has no audience mark'],
    ['a public name', PublicName, 'form PublicName: public field who holds a name'],
    ['a public ID number', PublicNumber, 'form PublicNumber: public field id holds a resident ID number'],
    ['a public telephone number', PublicTelephone, 'form PublicTelephone: public field call holds a telephone number'],
    ['a public attachment', PublicFile, 'form PublicFile: public field file holds an attachment'],
    ['a public name in a list', PublicList, 'form PersonItem: public field who holds a name'],
    [
      'a private field in a list that crosses',
      HalfPrivateList,
      'form HalfPrivateList: the list items is shared, inside in it is private',
    ],
    [
      'a name that flows under a clause for business data',
      BusinessName,
      'form BusinessName: field who crosses as business data and holds a name',
    ],
  ])('refuses %s', (_, made, fault) => {
    expect(faultsOf(form(made as Class))).toContain(fault);
  });
  it('looks at what the engine yields as at a form', () => {
    expect(faultsOf(step('close', { yields: yields(Unmarked, () => ({ one: '' })) }))).toContain(
      'form Unmarked: field one has no audience mark',
    );
  });
  it('refuses two forms of one name', () => {
    const other = (() => {
      class Answer {
        @Text(9) @Shared('另') other!: string;
      }
      return Answer;
    })();
    expect(faultsOf(form(other))).toContain('two forms are called Answer');
  });
});
