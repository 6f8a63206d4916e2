import { text } from 'node:stream/consumers';
import { accountDefinition, officersOfTwo, PasswordAccounts, type Account } from '@chuanyu/access';
import { realTime } from '@chuanyu/reference';
import { Mistake, type OperatorGround } from './ground';

/** Sets or replaces an officer's password, read from standard input, and unlocks the account. */
export async function setPassword(
  ground: OperatorGround,
  [officer]: readonly string[],
  input: NodeJS.ReadableStream,
): Promise<void> {
  if (officer === undefined) throw new Mistake('password needs the id of an officer');
  const unit = officersOfTwo.officer(officer)?.unit;
  if (unit === undefined) throw new Mistake(`there is no officer ${officer}`);
  const accounts = new PasswordAccounts(
    await (await ground.database()).collection<Account>(accountDefinition),
    (id) => officersOfTwo.officer(id),
    realTime,
  );
  const fault = await accounts.setPassword(officer, (await text(input)).replace(/\r?\n$/, ''));
  if (fault) throw new Mistake(fault.message);
  ground.say(`${officer} of ${unit} has a new password`);
}
