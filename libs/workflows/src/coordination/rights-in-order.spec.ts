import { given, type GivenCase } from '../given.fixture';
import { agreement } from './agreement';
import { clausesOfAgreement } from './clauses';

const inForce = (): GivenCase => {
  const signed = given(agreement);
  signed.take('liaison-officer', 'propose', {
    title: '合作协议',
    effective: '2026-11-23',
    expires: '2029-11-22',
    clauses: [{ title: '条款', workflows: '*', data: ['business'] }],
  });
  signed.sign('liaison-leader');
  signed.take('peer-liaison-officer', 'join');
  signed.sign('peer-liaison-leader');
  return signed;
};
const all = { clause: '*', reason: '年度核查' };
const suspensionsAt = (signed: GivenCase, side: 'origin' | 'counterpart') =>
  clausesOfAgreement(signed.at(side))[0]?.suspensions.map(({ until }) => until !== null);

test('given a suspension that has not crossed, then it can be lifted all the same, and both cross in order', () => {
  const signed = inForce();
  signed.cut();
  signed.take('peer-liaison-officer', 'suspend', all);
  expect(signed.possible('peer-liaison-officer')).toEqual(['suspend', 'resume']);
  expect(suspensionsAt(signed, 'counterpart')).toEqual([false]);
  signed.take('peer-liaison-officer', 'resume', all);
  expect(signed.at('counterpart').asks.map(({ status }) => status)).toEqual(['open', 'queued']);
  expect(suspensionsAt(signed, 'counterpart')).toEqual([true]);
  expect(suspensionsAt(signed, 'origin')).toEqual([]);
  signed.heal();
  expect(signed.at('counterpart').asks.map(({ status }) => status)).toEqual(['taken', 'taken']);
  expect([suspensionsAt(signed, 'origin'), signed.at('origin').head.hash]).toEqual([
    [true],
    signed.at('counterpart').head.hash,
  ]);
});
test('given a right that is lost on its way, then it is sent again, and the one behind it still comes second', () => {
  const signed = inForce();
  signed.cut();
  signed.take('peer-liaison-officer', 'suspend', all);
  signed.take('peer-liaison-officer', 'resume', all);
  signed.loseWhatIsOnItsWay();
  signed.heal();
  expect(signed.at('origin').head.sequence).toBe(2);
  signed.wait(3_600_000);
  expect(signed.at('origin').recent.map(({ event }) => event.type.split('.').at(2))).toEqual([
    'propose',
    'join',
    'suspend',
    'resume',
  ]);
});
test('given the agreement has ended meanwhile, then neither came in time, and both say so', () => {
  const signed = inForce();
  signed.cut();
  signed.take('peer-liaison-officer', 'suspend', all);
  signed.take('peer-liaison-officer', 'resume', all);
  signed.take('liaison-officer', 'end', { reason: '双方商定' });
  signed.sign('liaison-leader');
  signed.heal();
  expect(signed.at('counterpart').asks.map(({ status, reason }) => [status, reason])).toEqual([
    ['void', '办件已办结，未能入链'],
    ['void', '办件已办结，未能入链'],
  ]);
});
