import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Who asks, for limits by address: the connection's other end, or what the proxy before the gateway says in the one
 * header that the operator has named. Anybody can send any other header. Of IPv6 the network of 64 bits, since one
 * household has all of its addresses.
 */
export const clientAddress = (request: FastifyRequest, header: string | undefined): string => {
  const told = header === undefined ? undefined : request.headers[header];
  // A list grows from the left, where the caller writes: only its end is the proxy's own word.
  const last = typeof told === 'string' ? told.split(',').at(-1)?.trim() : undefined;
  return network(last !== undefined && isIP(last) > 0 ? last : request.ip);
};

const network = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || isIP(address) !== 6) return mapped ?? address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0)) }, () => '0');
  const groups = [...(left ?? []), ...(tail === undefined ? [] : zeros), ...(right ?? [])];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};
