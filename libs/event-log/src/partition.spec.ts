import { murmur2, partitionOf } from './index';

// From Apache Kafka's own UtilsTest.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('murmur2 of %s is what Kafka takes', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

// From kafkajs, for keys of every rest of four bytes and beyond ASCII.
test.each([
  ['abc', 3],
  ['案件-川渝-1', 6],
  ['21', 0],
  ['foobar', 6],
])('%s lives in partition %i of twelve', (key, partition) => {
  expect(partitionOf(key, 12)).toBe(partition);
});
