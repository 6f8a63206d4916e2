import { remoteVisit } from '../remote-visit/remote-visit';

/** Opened by the judicial office where the relatives live, decided by the prison. */
export const prisonVisit = remoteVisit('prison.remote-visit', {
  title: '远程视频会见',
  docket: '监会',
  serves: ['prison-5'],
  basis: ['监狱法 第四十八条'],
  kind: 'prison',
  words: { unit: '监狱', person: '罪犯', officer: '会见管理民警', leader: '监狱分管领导' },
  visits: { 宽管: 2, 考察: 1, 普管: 1, 严管: 0 },
});
