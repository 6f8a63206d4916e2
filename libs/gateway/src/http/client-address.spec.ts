import type { FastifyRequest } from 'fastify';
import { clientAddress } from './client-address';

const from = (ip: string, headers: Record<string, string> = {}) => ({ ip, headers }) as unknown as FastifyRequest;

it.each([
  ['the other end of the connection', from('192.0.2.7'), undefined, '192.0.2.7'],
  ['an IPv4 address within IPv6', from('::ffff:192.0.2.7'), undefined, '192.0.2.7'],
  ['the network of an IPv6 address', from('2001:db8:1:2:3:4:5:6'), undefined, '2001:db8:1:2::/64'],
  ['the same network, written short', from('2001:0db8:1:2::9'), undefined, '2001:db8:1:2::/64'],
  ['no header that nobody has named', from('192.0.2.7', { 'x-real-ip': '198.51.100.1' }), undefined, '192.0.2.7'],
  ['what the proxy says', from('10.0.0.1', { 'x-real-ip': '198.51.100.1' }), 'x-real-ip', '198.51.100.1'],
  [
    'the end of a list, which is the proxy’s',
    from('10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 198.51.100.1' }),
    'x-forwarded-for',
    '198.51.100.1',
  ],
  ['the connection, where the proxy says no address', from('10.0.0.1', { 'x-real-ip': 'me' }), 'x-real-ip', '10.0.0.1'],
])('takes %s', (_, request, header, address) => {
  expect(clientAddress(request, header)).toBe(address);
});
