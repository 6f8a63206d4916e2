import type { Clause } from '@chuanyu/contracts';

/** The clause that lets everything of a case flow. */
export const everything: Clause = {
  id: 'a/1',
  title: '衔接',
  agreement: '协议',
  provinces: ['sichuan', 'chongqing'],
  workflows: ['*'],
  data: ['identity', 'contact', 'family', 'conviction', 'risk', 'business'],
  from: '2020-01-01',
  until: '2099-12-31',
  suspensions: [],
  ended: null,
  revision: 1,
};
