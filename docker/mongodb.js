// The health check of a province's MongoDB, on its own machine (mongosh): does it take saves? The first times it also makes the
// replica set, and its two users while the server still listens to somebody without a password.
/* global db, rs, quit, require, process */
const secret = (file) => require('node:fs').readFileSync(`/var/lib/chuanyu/${file}`, 'utf8');
const UNAUTHORIZED = 13;

const admin = db.getSiblingDB('admin');
const { setName, isWritablePrimary } = admin.hello();
if (setName === undefined) rs.initiate({ _id: 'chuanyu', members: [{ _id: 0, host: 'mongodb:27017' }] });
if (isWritablePrimary) {
  try {
    admin.createUser({ user: 'admin', pwd: secret('admin-password'), roles: ['root'] });
  } catch (error) {
    if (error.code !== UNAUTHORIZED) throw error; // it is there already
  }
  admin.auth('admin', secret('admin-password'));
  if (admin.getUser('services') === null)
    admin.createUser({
      user: 'services',
      pwd: secret('password'),
      roles: [{ role: 'readWrite', db: process.env.PROVINCE }],
    });
}
quit(isWritablePrimary ? 0 : 1);
