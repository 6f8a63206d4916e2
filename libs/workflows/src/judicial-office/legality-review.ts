// A domestic workflow: no counterpart, so nothing of it ever reaches the border.
import { Attachment, OneOf, Private, Text, defineWorkflow, workingDays, type Attached } from '@chuanyu/engine';

class Draft {
  @OneOf('重大决策', '规范性文件', '行政合同') @Private('类别') kind!: string;
  @Attachment() @Private('送审稿') draft!: Attached;
}
class Opinion {
  @OneOf('合法', '应当修改', '不合法') @Private('审查结论') result!: string;
  @Text(4000) @Private('审查意见') opinion!: string;
}

export const legalityReview = defineWorkflow('judicial-office.legality-review', {
  title: '合法性审查',
  english: 'Legality review',
  docket: '法审',
  serves: [],
  basis: [],
  roles: { origin: { submitter: '送审单位', reviewer: '审查人员', leader: '审查负责人' } },

  // prettier-ignore
  states: {
    submitted: { title: '待审查', turn: 'origin', due: workingDays(5) },
    reviewed:  { title: '已出具意见' },
  },

  // prettier-ignore
  steps: {
    submit: { title: '送审',     opens: 'submitted', by: 'submitter', form: Draft },
    review: { title: '出具意见', from: 'submitted', to: 'reviewed', by: 'reviewer', form: Opinion, signedBy: 'leader' },
  },
});
