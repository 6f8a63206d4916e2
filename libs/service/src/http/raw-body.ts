import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';

/**
 * The body of a request as a stream that may be given up: to destroy the request itself would cut the connection before
 * the refusal is answered. It fails where the sender breaks off.
 */
export const insulated = (body: Readable): Readable => {
  const content = new PassThrough();
  body.once('error', (error) => content.destroy(error));
  body.once('close', () => {
    if (!body.readableEnded) content.destroy(new Error('the sender has broken off'));
  });
  return body.pipe(content);
};

/** Reads away what is left, for a few seconds at most: so that the sender is done sending when it is answered. */
export const readAway = async (body: Readable): Promise<void> => {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  await once(body, 'end', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
};
