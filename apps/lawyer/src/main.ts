import { runDomain } from '@chuanyu/provinces';

void runDomain('lawyer');
