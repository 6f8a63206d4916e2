import type { Row } from '../row';
import { consume } from './consume';
import { consumeWaiting } from './consume-waiting';
import { relay } from './relay';
import { lists } from './lists';
import { start } from './start';
import { steady } from './steady';
import { step } from './step';
import { visible } from './visible';

/** In the order of the table. */
export const rows: readonly Row[] = [consume, consumeWaiting, relay, step, visible, steady, lists, start];
