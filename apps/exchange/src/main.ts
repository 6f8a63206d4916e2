import { runExchange } from '@chuanyu/provinces';

void runExchange();
