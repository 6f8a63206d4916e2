import { runGateway } from '@chuanyu/provinces';

void runGateway();
