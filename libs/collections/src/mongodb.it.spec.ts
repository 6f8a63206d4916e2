import { describeOrSkip } from '@chuanyu/testing/skip';
import { collectionContract } from './contract-suite';
import { lendServer, noServer, openLent, type Lent } from './mongodb.fixture';

describeOrSkip('MongoDB', noServer, () => {
  let lent: Lent;
  // A container may have to be fetched first.
  beforeAll(async () => void (lent = await lendServer()), 600_000);
  afterAll(() => lent.giveBack());
  collectionContract('MongoDB', () => openLent(lent));
});
