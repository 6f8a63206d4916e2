import { readFile } from 'node:fs/promises';
import { exportOwn, noPeers, pair } from '@chuanyu/exchange';
import { twoProvinces } from '@chuanyu/reference';
import { Mistake, type OperatorGround } from './ground';

/** What a peer is handed: our public keys and where our log is. Its fingerprint is read out by telephone. */
export async function showOwn(ground: OperatorGround, addresses: readonly string[]): Promise<void> {
  const { clock, engine, files, settings } = ground;
  const known = twoProvinces.province(settings.province);
  if (!known) throw new Mistake(`the directory has no province ${settings.province}`);
  const { id, issuer } = known;
  await files.prepare();
  const where = addresses.length > 0 ? addresses : engine.addresses;
  const own = exportOwn(await files.keyring(clock), { province: id, issuer, addresses: where }, clock.now());
  ground.say(JSON.stringify(own, null, 2));
}

/** Takes what a peer handed over, with the fingerprint as it was heard. */
export async function acceptPeer(ground: OperatorGround, [file, ...heard]: readonly string[]): Promise<void> {
  if (file === undefined || heard.length === 0)
    throw new Mistake('pairing accept needs the file of the peer and the digits that were read out');
  await ground.files.prepare();
  const theirs: unknown = JSON.parse(await readFile(file, 'utf8'));
  const paired = await pair(ground.pairing ?? noPeers, theirs, heard.join(' '));
  if (!paired.ok) throw new Mistake(paired.faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('\n'));
  await ground.files.savePairing(paired.pairing, ground.settings.pairing);
  const peers = paired.pairing.peers.map(({ province }) => province).join(', ');
  ground.say(`paired with ${peers}; restart the exchange, the gateway and the services`);
}
