import { anAttached } from '@chuanyu/engine';
import { given } from '../given.fixture';
import { legalityReview } from './legality-review';

const aDraft = { kind: '规范性文件', draft: anAttached };
const anOpinion = { result: '应当修改', opinion: '第三条与上位法不一致，建议删去。' };
const submitted = () => {
  const review = given(legalityReview);
  review.take('submitter', 'submit', aDraft);
  return review;
};

describe('合法性审查', () => {
  it('given nothing, when a unit submits a draft, then it waits for its review for five working days', () => {
    const review = submitted();
    expect(review.state).toBe('submitted');
    expect(review.at('origin').opening?.number).toBe('川法审〔2026〕1号');
    // Monday 23 November; the fifth working day after it ends on Monday the 30th at 24:00 in Shanghai.
    expect(review.at('origin').head.due).toBe('2026-11-30T16:00:00.000Z');
  });

  it('given a draft, when the reviewer writes an opinion, then it counts only once the leader has signed', () => {
    const review = submitted();
    expect(review.take('reviewer', 'review', anOpinion).as).toBe('draft');
    expect(review.state).toBe('submitted');
    expect(review.sign('leader').as).toBe('step');
    expect(review.state).toBe('reviewed');
    expect(review.isClosed).toBe(true);
  });

  it('given a draft, when the wrong role acts, then it is refused with the role that may', () => {
    const review = submitted();
    expect(() => review.take('submitter', 'review', anOpinion)).toThrow('须由「审查人员」办理');
    expect(review.possible('submitter')).not.toContain('review');
    review.take('reviewer', 'review', anOpinion);
    expect(() => review.sign('reviewer')).toThrow('须由「审查负责人」签发');
    expect(review.state).toBe('submitted');
  });

  it('given a form that is none, when it is submitted, then every fault is named', () => {
    expect(() => given(legalityReview).take('submitter', 'submit', { kind: '其他', pages: 3 })).toThrow(
      '表单有 3 处需要修改',
    );
  });

  it('given a review from beginning to end, then nothing was said to another province', () => {
    const review = submitted();
    review.take('reviewer', 'review', anOpinion);
    review.sign('leader');
    expect(review.said.map(({ kind }) => kind)).toEqual(['step', 'step']);
    expect(review.crossed).toEqual([]);
    expect(review.at('counterpart').head.sequence).toBe(0);
  });
});
