import { runOperator } from '@chuanyu/provinces';

void runOperator(process.argv.slice(2));
