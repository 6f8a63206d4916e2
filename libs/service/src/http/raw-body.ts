import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { Refusal } from '@chuanyu/contracts';

/**
 * The body of a request as a stream that may be given up: to destroy the request itself would cut the connection before
 * the refusal is answered. It fails where the sender breaks off.
 */
export const insulated = (body: Readable): Readable => {
  const content = new PassThrough();
  const breakOff = () =>
    content.destroy(new Refusal('bad-request', '上传中断，请重新上传', {}, 'The sender broke off'));
  body.once('error', breakOff);
  body.once('close', () => {
    if (!body.readableEnded) breakOff();
  });
  return body.pipe(content);
};

/** Reads away what is left, for a few seconds at most: so that the sender is done sending when it is answered. */
export const readAway = async (body: Readable): Promise<void> => {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  await once(body, 'end', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
};
