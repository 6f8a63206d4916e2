import { findingContract } from './contract/finding';
import { hostileContract } from './contract/hostile';
import { lastingContract } from './contract/lasting';
import { outgoingContract } from './contract/outgoing';
import { pagingContract } from './contract/paging';
import { savingContract } from './contract/saving';
import { Stage, type Opened } from './contract/stage';

export type { Opened } from './contract/stage';

/** What every adapter of the Collection port must pass. `open` gives an empty database each time. */
export function collectionContract(name: string, open: () => Promise<Opened>): void {
  describe(`the Collection contract: ${name}`, () => {
    const stage = new Stage(open);
    beforeAll(() => stage.begin());
    afterAll(() => stage.end());
    describe('saving', () => savingContract(stage));
    describe('finding', () => findingContract(stage));
    describe('paging', () => pagingContract(stage));
    describe('outgoing messages', () => outgoingContract(stage));
    describe('hostile data', () => hostileContract(stage));
    describe('lasting', () => lastingContract(stage));
  });
}
