import { runPrepare } from '@chuanyu/provinces';

void runPrepare();
