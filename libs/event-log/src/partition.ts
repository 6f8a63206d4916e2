/** murmur2 over the key's UTF-8, and the partition that Kafka's default partitioner takes from it: both adapters agree where a key lives. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** As in Kafka's `Utils.murmur2`: 32-bit, seed 0x9747b28c. */
export function murmur2(data: Uint8Array): number {
  const multiplier = 0x5bd1e995;
  const { length } = data;
  const byte = (place: number) => data[place] ?? 0;
  let hash = 0x9747b28c ^ length;
  let place = 0;
  for (; place + 4 <= length; place += 4) {
    let word = byte(place) | (byte(place + 1) << 8) | (byte(place + 2) << 16) | (byte(place + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const rest = length - place;
  if (rest === 3) hash ^= byte(place + 2) << 16;
  if (rest >= 2) hash ^= byte(place + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(place), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}
