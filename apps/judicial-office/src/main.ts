import { runDomain } from '@chuanyu/provinces';

void runDomain('judicial-office');
