import type { Admin } from 'kafkajs';
import { clientOf, isLost, unlessHanging, type KafkaConnection } from './connection';

/**
 * An admin client that is made anew where it has lost its broker half-way: kafkajs then holds a connection for good by which
 * it can ask nothing, as after a broker that was away for a quarter of a minute.
 */
export class LastingAdmin {
  private current: Promise<Admin> | undefined;

  constructor(private readonly make: () => Promise<Admin>) {}

  static of(connection: KafkaConnection): LastingAdmin {
    return new LastingAdmin(async () => {
      const admin = clientOf(connection).admin();
      try {
        await admin.connect();
        return admin;
      } catch (error) {
        await admin.disconnect().catch(() => undefined);
        throw error;
      }
    });
  }

  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const asked = (this.current ??= this.make());
    try {
      return await unlessHanging(asked.then(question));
    } catch (error) {
      if (isLost(error) || (await isRejected(asked))) this.forget(asked);
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    if (this.current) await end(this.current);
  }

  /** The next question makes another; of several that failed together, only the first forgets it. */
  private forget(asked: Promise<Admin>): void {
    if (this.current !== asked) return;
    this.current = undefined;
    void end(asked);
  }
}

const isRejected = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => false,
    () => true,
  );
const end = (asked: Promise<Admin>): Promise<void> => asked.then((admin) => admin.disconnect()).catch(() => undefined);
