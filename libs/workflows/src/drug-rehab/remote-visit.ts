import { remoteVisit } from '../remote-visit/remote-visit';

/** Opened by the judicial office where the relatives live, decided by the rehabilitation centre. */
export const rehabilitationVisit = remoteVisit('drug-rehab.remote-visit', {
  title: '远程会见帮教',
  docket: '戒会',
  serves: ['drug-rehab-4'],
  basis: ['禁毒法 第四十六条'],
  kind: 'rehabilitation-centre',
  words: { unit: '戒毒所', person: '戒毒人员', officer: '探访管理民警', leader: '戒毒所分管领导' },
  visits: { 宽管: 2, 普管: 1, 严管: 0 },
});
