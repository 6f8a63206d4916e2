import { runDomain } from '@chuanyu/provinces';

void runDomain('drug-rehab');
