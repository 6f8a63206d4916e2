import { Types } from 'mongoose';

/**
 * Where saves stand in the order in which messages leave: strings that rise with every call. In one process they follow
 * the order of the calls exactly, between processes the time to the second (an ObjectId begins with it); within
 * one document the list of its messages decides, not these.
 */
export class Places {
  private second = '';
  private given = 0;

  next(): string {
    const id = new Types.ObjectId().toHexString();
    const second = id.slice(0, 8);
    // A clock that was set back does not change the order.
    if (second > this.second) this.second = second;
    this.given += 1;
    // The ten digits in the middle tell processes apart.
    return `${this.second}${this.given.toString(16).padStart(12, '0')}${id.slice(8, 18)}`;
  }
}
